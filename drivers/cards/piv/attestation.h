#pragma once

#include "drivers/base/bytes.h"
#include "drivers/cards/piv/references.h"

#include <optional>

namespace zegel::piv {

/// What an attestation statement says beside its key: extensions below 1.3.6.1.4.1.41482.3, each
/// missing where the chip's maker does not write it.
struct Statement {
    std::optional<Bytes> firmware;            ///< .3: major, minor, patch
    std::optional<Bytes> serial;              ///< .7: four octets, as GET SERIAL gives them
    std::optional<std::uint8_t> pinPolicy;    ///< .8: 1 never, 2 once, 3 always
    std::optional<std::uint8_t> touchPolicy;  ///< .8: 1 never, 2 always, 3 cached
};

/// Source: Yubico, PIV attestation (developers.yubico.com).
/// Errors: CardUntrusted when it is no certificate, or an extension has not the form above.
Statement statementIn(ByteView certificate);

/// What the statement says that does not fit a key made in this slot with the slot's own policies,
/// on the chip with this version and serial number (where it told them); empty when all fits.
std::string contradictionIn(const Statement& statement, Slot slot,
                            const std::optional<Version>& version,
                            const std::optional<Bytes>& serial);

}  // namespace zegel::piv
