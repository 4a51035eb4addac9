#pragma once

#include "drivers/channel/channel.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::drivers {

/// Answers as a transcript says (transcript_channel.h), in its order, and takes nothing else.
/// Empty lines and lines that begin with "#" are skipped. A withheld body matches any of the same
/// header and length, whether the transcript or the command withholds it; withheld answer data
/// comes back as that many zero octets.
///
/// Errors of `transmit`: Defect naming the line when the command is not the one written there, or
/// when the transcript is at its end; the fault itself where the transcript says "!".
class ReplayChannel final : public Channel {
public:
    /// `name` is what messages call the transcript. Errors: Defect naming the line that is none.
    ReplayChannel(std::string name, std::string_view transcript);
    /// Errors: Defect naming the file when it cannot be read.
    static ReplayChannel fromFile(const std::string& path);

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override;

    /// Whether every exchange has been played.
    bool finished() const noexcept { return at_ == exchanges_.size(); }

private:
    struct Exchange {
        std::size_t line;     ///< of the command, from 1
        std::string command;  ///< as describe() tells it
        iso7816::ResponseApdu response{{}, iso7816::sw::Ok};
        std::optional<Fault> fault = std::nullopt;
        bool complete = false;
    };

    void take(std::string_view text, std::size_t line);
    Failure brokenAt(std::size_t line, const std::string& why) const;

    std::string name_;
    std::vector<Exchange> exchanges_;
    std::size_t at_ = 0;
};

}  // namespace zegel::drivers
