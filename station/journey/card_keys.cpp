#include "station/journey/card_keys.h"

#include "drivers/securechannel/diversification.h"

namespace zegel::station {

SecretBytes DiversifiedCardKeys::key(const cards::ChipIdentity& chip, std::string_view role,
                                     std::size_t length) {
    return securechannel::diversify(master_, Version, chip.family, chip.serial.value(), role,
                                    length);
}

}  // namespace zegel::station
