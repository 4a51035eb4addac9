#include "hwsim/chips/command_frame.h"

#include <algorithm>

namespace zegel::hwsim {
namespace {

std::size_t shortLe(std::uint8_t octet) {
    return octet == 0 ? 256 : octet;
}

std::size_t twoOctets(ByteView octets) {
    return static_cast<std::size_t>(octets[0]) << 8 | octets[1];
}

std::size_t extendedLe(ByteView octets) {
    const std::size_t le = twoOctets(octets);
    return le == 0 ? 65536 : le;
}

bool readShort(CommandFrame& frame, ByteView body) {
    if (body.size() == 1) {
        frame.expected = shortLe(body[0]);
        return true;
    }
    const std::size_t lc = body[0];
    if (lc == 0 || (body.size() != lc + 1 && body.size() != lc + 2)) return false;
    frame.data.assign(body.begin() + 1, body.begin() + 1 + static_cast<std::ptrdiff_t>(lc));
    if (body.size() == lc + 2) frame.expected = shortLe(body.back());
    return true;
}

bool readExtended(CommandFrame& frame, ByteView body) {
    frame.extended = true;
    if (body.size() == 3) {
        frame.expected = extendedLe(body.subspan(1));
        return true;
    }
    const std::size_t lc = twoOctets(body.subspan(1));
    if (lc == 0 || (body.size() != lc + 3 && body.size() != lc + 5)) return false;
    frame.data.assign(body.begin() + 3, body.begin() + 3 + static_cast<std::ptrdiff_t>(lc));
    if (body.size() == lc + 5) frame.expected = extendedLe(body.last(2));
    return true;
}

}  // namespace

Status triesLeft(int tries) noexcept {
    return static_cast<Status>(0x63C0 | std::clamp(tries, 0, 15));
}

std::optional<CommandFrame> readCommand(ByteView octets) {
    if (octets.size() < 4) return std::nullopt;
    CommandFrame frame{.cla = octets[0], .ins = octets[1], .p1 = octets[2], .p2 = octets[3]};
    const ByteView body = octets.subspan(4);
    if (body.empty()) return frame;
    const bool extended = body.size() >= 3 && body[0] == 0;
    if (!(extended ? readExtended(frame, body) : readShort(frame, body))) return std::nullopt;
    return frame;
}

}  // namespace zegel::hwsim
