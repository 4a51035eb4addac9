#include "pinmailer/press/strict_der.h"

#include "drivers/base/failure.h"

namespace zegel::press {
namespace {

[[noreturn]] void refuse(std::string_view what, const char* why) {
    throw Failure{Fault::SealBroken, "the sealed record's " + std::string{what} + " " + why};
}

}  // namespace

ByteView StrictDer::take(std::uint8_t tag, std::string_view what) {
    if (!nextIs(tag)) refuse(what, "is missing or of another kind");
    rest_ = rest_.subspan(1);
    const auto length = takeLength(what);
    if (length > rest_.size()) refuse(what, "is cut off");
    const auto content = rest_.first(length);
    rest_ = rest_.subspan(length);
    return content;
}

void StrictDer::expectEnd(std::string_view what) const {
    if (!rest_.empty()) refuse(what, "is followed by something that does not belong there");
}

std::size_t StrictDer::takeLength(std::string_view what) {
    if (rest_.empty()) refuse(what, "is cut off");
    const auto first = rest_[0];
    rest_ = rest_.subspan(1);
    if (first < 0x80) return first;
    const std::size_t octets = first & 0x7FU;
    if (octets == 0 || octets > 3) refuse(what, "has a length that DER does not allow");
    if (octets > rest_.size()) refuse(what, "is cut off");
    std::size_t length = 0;
    for (const auto octet : rest_.first(octets)) {
        length = length << 8U | octet;
    }
    const std::size_t shortest = octets == 1 ? 0x80 : octets == 2 ? 0x100 : 0x10000;
    if (length < shortest) refuse(what, "has a length that DER does not allow");
    rest_ = rest_.subspan(octets);
    return length;
}

}  // namespace zegel::press
