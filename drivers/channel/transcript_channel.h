#pragma once

#include "drivers/channel/channel.h"

#include <functional>
#include <string_view>

namespace zegel::drivers {

/// Tells a listener every exchange, a line each way, in the form that ReplayChannel reads:
///
///     > 00A40400 05 A000000308 00
///     < 61114F06000010000100 9000
///     > 00200080 [8 bytes withheld]
///     < 9000
///     ! card-pulled
///
/// A command whose body is withheld shows its header and length only, and so does the data of its
/// answer. "!" stands for an answer that never came, with the name of the fault.
class TranscriptChannel final : public Channel {
public:
    using Listener = std::function<void(std::string_view line)>;

    TranscriptChannel(Channel& inner, Listener tell) : inner_(inner), tell_(std::move(tell)) {}

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override;

private:
    Channel& inner_;
    Listener tell_;
};

}  // namespace zegel::drivers
