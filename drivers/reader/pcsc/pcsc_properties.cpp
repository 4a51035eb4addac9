#include "drivers/reader/pcsc/pcsc_properties.h"

namespace zegel::drivers {

std::optional<std::uint32_t> featureCode(ByteView features, std::uint8_t feature) {
    constexpr std::size_t EntrySize = 6;
    for (; features.size() >= EntrySize; features = features.subspan(EntrySize)) {
        if (features[1] != 4) return std::nullopt;
        if (features[0] != feature) continue;
        std::uint32_t code = 0;
        for (const auto octet : features.subspan(2, 4))
            code = code << 8U | octet;
        return code;
    }
    return std::nullopt;
}

std::optional<std::uint32_t> readerProperty(ByteView properties, std::uint8_t property) {
    while (properties.size() >= 2) {
        const auto tag = properties[0];
        const std::size_t length = properties[1];
        properties = properties.subspan(2);
        if (length > properties.size()) return std::nullopt;
        if (tag == property) {
            if (length > 4) return std::nullopt;
            std::uint32_t number = 0;
            for (std::size_t at = length; at > 0; --at)
                number = number << 8U | properties[at - 1];
            return number;
        }
        properties = properties.subspan(length);
    }
    return std::nullopt;
}

}  // namespace zegel::drivers
