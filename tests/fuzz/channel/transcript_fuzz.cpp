#include "drivers/channel/replay_channel.h"

#include <algorithm>
#include <array>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
    using zegel::iso7816::CommandApdu;
    const std::string transcript{octets, octets + size};
    const std::array<std::uint8_t, 8> code{};
    try {
        zegel::drivers::ReplayChannel chip{"fuzz", transcript};
        chip.transmit(CommandApdu{{0x00, 0x20, 0x00, 0x80}, code, 0, CommandApdu::Body::Withheld});
        chip.transmit(CommandApdu{{0x00, 0xFD, 0x00, 0x00}, {}, 256});
    } catch (const zegel::Failure&) {
        return 0;
    }
    return 0;
}
