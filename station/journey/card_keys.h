#pragma once

#include "drivers/base/cmac_key.h"
#include "drivers/cards/card_driver.h"

namespace zegel::station {

/// A chip's own keys by NIST SP 800-108 under the station's master key. The version stands in the
/// key derivation, so that a later scheme can live beside this one.
class DiversifiedCardKeys final : public cards::CardKeys {
public:
    static constexpr std::uint8_t Version = 1;

    explicit DiversifiedCardKeys(CmacKey& master) : master_(master) {}

    SecretBytes key(const cards::ChipIdentity& chip, std::string_view role,
                    std::size_t length) override;

private:
    CmacKey& master_;
};

}  // namespace zegel::station
