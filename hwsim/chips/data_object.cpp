#include "hwsim/chips/data_object.h"

#include <algorithm>

namespace zegel::hwsim {
namespace {

std::optional<std::uint32_t> takeTag(ByteView& rest) {
    if (rest.empty()) return std::nullopt;
    std::uint32_t tag = rest[0];
    rest = rest.subspan(1);
    if ((tag & 0x1F) != 0x1F) return tag;
    for (int more = 0; more < 2; ++more) {
        if (rest.empty()) return std::nullopt;
        const std::uint8_t octet = rest[0];
        rest = rest.subspan(1);
        tag = tag << 8 | octet;
        if ((octet & 0x80) == 0) return tag;
    }
    return std::nullopt;
}

std::optional<std::size_t> takeLength(ByteView& rest) {
    if (rest.empty()) return std::nullopt;
    const std::uint8_t first = rest[0];
    rest = rest.subspan(1);
    if (first < 0x80) return first;
    const std::size_t octets = first & 0x7F;
    if (octets == 0 || octets > 2 || rest.size() < octets) return std::nullopt;
    std::size_t length = 0;
    for (const std::uint8_t octet : rest.first(octets)) {
        length = length << 8 | octet;
    }
    rest = rest.subspan(octets);
    return length;
}

}  // namespace

std::optional<std::vector<DataObject>> readDataObjects(ByteView octets) {
    std::vector<DataObject> objects;
    ByteView rest = octets;
    while (!rest.empty()) {
        const auto tag = takeTag(rest);
        if (!tag) return std::nullopt;
        const auto length = takeLength(rest);
        if (!length || *length > rest.size()) return std::nullopt;
        objects.push_back({*tag, rest.first(*length)});
        rest = rest.subspan(*length);
    }
    return objects;
}

std::optional<ByteView> valueOf(const std::vector<DataObject>& objects, std::uint32_t tag) {
    const auto found = std::ranges::find(objects, tag, &DataObject::tag);
    if (found == objects.end()) return std::nullopt;
    return found->value;
}

void appendDataObject(Bytes& out, std::uint32_t tag, ByteView value) {
    if (tag > 0xFFFF) out.push_back(static_cast<std::uint8_t>(tag >> 16));
    if (tag > 0xFF) out.push_back(static_cast<std::uint8_t>(tag >> 8));
    out.push_back(static_cast<std::uint8_t>(tag));
    const std::size_t length = value.size();
    if (length > 0xFF) {
        out.insert(out.end(), {0x82, static_cast<std::uint8_t>(length >> 8)});
    } else if (length > 0x7F) {
        out.push_back(0x81);
    }
    out.push_back(static_cast<std::uint8_t>(length));
    out.insert(out.end(), value.begin(), value.end());
}

Bytes dataObject(std::uint32_t tag, ByteView value) {
    Bytes out;
    appendDataObject(out, tag, value);
    return out;
}

}  // namespace zegel::hwsim
