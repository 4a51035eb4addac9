#pragma once

#include "drivers/cards/card_driver.h"
#include "drivers/cards/piv/management_key.h"

#include <optional>
#include <vector>

namespace zegel::piv {

/// What a chip can do, worked out from what it tells in SELECT and GET VERSION.
struct Abilities {
    cards::Capabilities capabilities;
    /// Ciphers worth trying for the management key, strongest first.
    std::vector<ManagementCipher> managementCiphers;
    /// Whether it speaks the administration extension: without it a card can be read but neither
    /// its tries nor its management key can be set.
    bool administrable = false;
    std::size_t objectCapacity = 0;  ///< octets inside 53 at most
};

/// `properties`: inside 61 of the answer to SELECT. `version`: nothing when the chip has no GET
/// VERSION. Errors: CardUntrusted when the properties are not BER-TLV.
Abilities abilitiesOf(ByteView properties, std::optional<Version> version);

}  // namespace zegel::piv
