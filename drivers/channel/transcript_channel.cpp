#include "drivers/channel/transcript_channel.h"

#include "drivers/base/hex.h"

#include <array>
#include <string>

namespace zegel::drivers {
namespace {

std::string describe(const iso7816::ResponseApdu& response, iso7816::CommandApdu::Body body) {
    const std::array<std::uint8_t, 2> trailer{response.status.sw1(), response.status.sw2()};
    if (response.data.empty()) return toHex(trailer);
    if (body == iso7816::CommandApdu::Body::Withheld) {
        return "[" + std::to_string(response.data.size()) + " bytes withheld] " + toHex(trailer);
    }
    return toHex(response.data) + " " + toHex(trailer);
}

}  // namespace

iso7816::ResponseApdu TranscriptChannel::transmit(const iso7816::CommandApdu& command) {
    tell_("> " + iso7816::describe(command));
    try {
        auto response = inner_.transmit(command);
        tell_("< " + describe(response, command.body()));
        return response;
    } catch (const Failure& failure) {
        tell_("! " + std::string{nameOf(failure.fault())});
        throw;
    }
}

}  // namespace zegel::drivers
