#include "drivers/channel/transcript_channel.h"

#include "drivers/base/hex.h"
#include "drivers/channel/replay_channel.h"

#include <gtest/gtest.h>

#include <string>

namespace zegel::drivers {
namespace {

using iso7816::CommandApdu;

struct Written {
    std::string text;

    TranscriptChannel::Listener listener() {
        return [this](std::string_view line) { text.append(line).append("\n"); };
    }
};

TEST(TranscriptChannel, writesWhatAReplayReads) {
    const std::string original =
        "> 00A40400 05 A000000308 00\n"
        "< 6111 9000\n"
        "> 00200080 [8 bytes withheld]\n"
        "< 63C2\n"
        "> 00FD0000 00\n"
        "! card-pulled\n";
    ReplayChannel chip{"script", original};
    Written transcript;
    TranscriptChannel channel{chip, transcript.listener()};
    channel.transmit(CommandApdu{{0, 0xA4, 4, 0}, fromHex("A000000308").value(), 256});
    channel.transmit(
        CommandApdu{{0, 0x20, 0, 0x80}, bytesOf("271828\xFF\xFF"), 0, CommandApdu::Body::Withheld});
    EXPECT_THROW(channel.transmit(CommandApdu{{0, 0xFD, 0, 0}, {}, 256}), Failure);
    EXPECT_EQ(transcript.text, original);
}

TEST(TranscriptChannel, withholdsTheAnswerToAWithheldCommand) {
    ReplayChannel chip{"script", "> 0087079D [4 bytes withheld]\n< 7C028200DEADBEEF 9000\n"};
    Written transcript;
    TranscriptChannel channel{chip, transcript.listener()};
    channel.transmit(CommandApdu{{0, 0x87, 7, 0x9D}, Bytes(4), 256, CommandApdu::Body::Withheld});
    EXPECT_EQ(transcript.text, "> 0087079D [4 bytes withheld]\n< [8 bytes withheld] 9000\n");
}

}  // namespace
}  // namespace zegel::drivers
