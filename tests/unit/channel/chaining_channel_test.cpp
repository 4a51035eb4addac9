#include "drivers/channel/chaining_channel.h"

#include "drivers/base/hex.h"
#include "drivers/channel/replay_channel.h"

#include <gtest/gtest.h>

#include <string>

namespace zegel::drivers {
namespace {

using iso7816::CommandApdu;

std::string zeros(std::size_t octets) {
    return std::string(octets * 2, '0');
}

/// Answers everything the same way, for ever.
class Parrot final : public Channel {
public:
    explicit Parrot(iso7816::ResponseApdu answer) : answer_(std::move(answer)) {}

    iso7816::ResponseApdu transmit(const CommandApdu& /*command*/) override {
        ++heard;
        return answer_;
    }

    int heard = 0;

private:
    iso7816::ResponseApdu answer_;
};

TEST(ChainingChannel, sendsAShortCommandAsItIs) {
    ReplayChannel chip{"script", "> 00A40400 05 A000000308 00\n< 6100 9000\n"};
    ChainingChannel channel{chip, true};
    const auto answer =
        channel.transmit(CommandApdu{{0, 0xA4, 4, 0}, fromHex("A000000308").value(), 256});
    EXPECT_EQ(toHex(answer.data), "6100");
    EXPECT_TRUE(chip.finished());
}

TEST(ChainingChannel, sendsAnExtendedCommandWhereItIsCarried) {
    ReplayChannel chip{"script", "> 00DB3FFF 00012C " + zeros(300) + "\n< 9000\n"};
    ChainingChannel channel{chip, true};
    EXPECT_EQ(channel.transmit(CommandApdu{{0, 0xDB, 0x3F, 0xFF}, Bytes(300)}).status,
              iso7816::sw::Ok);
}

// ISO/IEC 7816-4, 5.3.3: CLA bit 5 on all blocks but the last, which alone carries Le.
TEST(ChainingChannel, chainsInBlocksOf255WhereItIsNot) {
    ReplayChannel chip{"script", "> 1087079A FF " + zeros(255) + "\n< 9000\n> 1087079A FF " +
                                     zeros(255) + "\n< 9000\n> 0087079A 02 0000 00\n< AA 9000\n"};
    ChainingChannel channel{chip, false};
    const auto answer = channel.transmit(CommandApdu{{0, 0x87, 7, 0x9A}, Bytes(512), 65536});
    EXPECT_EQ(toHex(answer.data), "AA");
    EXPECT_TRUE(chip.finished());
}

TEST(ChainingChannel, fillsTheLastBlockOf255Whole) {
    ReplayChannel chip{"script", "> 10DB3FFF FF " + zeros(255) + "\n< 9000\n> 00DB3FFF FF " +
                                     zeros(255) + "\n< 9000\n"};
    ChainingChannel channel{chip, false};
    channel.transmit(CommandApdu{{0, 0xDB, 0x3F, 0xFF}, Bytes(510)});
    EXPECT_TRUE(chip.finished());
}

TEST(ChainingChannel, stopsAtTheBlockThatTheChipRefuses) {
    ReplayChannel chip{"script", "> 10DB3FFF FF " + zeros(255) + "\n< 6884\n"};
    ChainingChannel channel{chip, false};
    EXPECT_EQ(channel.transmit(CommandApdu{{0, 0xDB, 0x3F, 0xFF}, Bytes(300)}).status,
              iso7816::sw::ChainingNotSupported);
}

TEST(ChainingChannel, withholdsEveryBlockOfAWithheldCommand) {
    ReplayChannel chip{"script",
                       "> 10FE079A [255 bytes withheld]\n< 9000\n"
                       "> 00FE079A [45 bytes withheld]\n< 9000\n"};
    ChainingChannel channel{chip, false};
    channel.transmit(CommandApdu{{0, 0xFE, 7, 0x9A}, Bytes(300), 0, CommandApdu::Body::Withheld});
    EXPECT_TRUE(chip.finished());
}

TEST(ChainingChannel, asksForWhatIsLeftWhileTheChipSaysMoreToCome) {
    ReplayChannel chip{"script",
                       "> 00CB3FFF 05 5C035FC105 00\n< 0102 6103\n"
                       "> 00C00000 03\n< 030405 6100\n> 00C00000 00\n< 06 9000\n"};
    ChainingChannel channel{chip, false};
    const auto answer =
        channel.transmit(CommandApdu{{0, 0xCB, 0x3F, 0xFF}, fromHex("5C035FC105").value(), 256});
    EXPECT_EQ(toHex(answer.data), "010203040506");
    EXPECT_EQ(answer.status, iso7816::sw::Ok);
}

TEST(ChainingChannel, repeatsOnceWithTheLengthTheChipNames) {
    ReplayChannel chip{"script", "> 00FD0000 00\n< 6C03\n> 00FD0000 03\n< 050701 9000\n"};
    ChainingChannel channel{chip, false};
    EXPECT_EQ(toHex(channel.transmit(CommandApdu{{0, 0xFD, 0, 0}, {}, 256}).data), "050701");
}

TEST(ChainingChannel, givesUpOnAChipThatNeverLikesTheLength) {
    Parrot chip{{{}, iso7816::StatusWord{0x6C03}}};
    ChainingChannel channel{chip, false};
    EXPECT_EQ(channel.transmit(CommandApdu{{0, 0xFD, 0, 0}, {}, 256}).status.value(), 0x6C03);
    EXPECT_EQ(chip.heard, 2);
}

TEST(ChainingChannel, fallsBackToChainingWhenExtendedHasTheWrongLength) {
    ReplayChannel chip{"script", "> 00DB3FFF 00012C " + zeros(300) + "\n< 6700\n> 10DB3FFF FF " +
                                     zeros(255) + "\n< 9000\n> 00DB3FFF 2D " + zeros(45) +
                                     "\n< 9000\n> 10DB3FFF FF " + zeros(255) +
                                     "\n< 9000\n> 00DB3FFF 01 00\n< 9000\n"};
    ChainingChannel channel{chip, true};
    channel.transmit(CommandApdu{{0, 0xDB, 0x3F, 0xFF}, Bytes(300)});
    channel.transmit(CommandApdu{{0, 0xDB, 0x3F, 0xFF}, Bytes(256)});
    EXPECT_TRUE(chip.finished());
}

TEST(ChainingChannel, refusesAnAnswerThatNeverEnds) {
    Parrot chip{{Bytes(256), iso7816::StatusWord{0x6100}}};
    ChainingChannel channel{chip, false};
    try {
        channel.transmit(CommandApdu{{0, 0xCB, 0x3F, 0xFF}, {}, 256});
        FAIL() << "it ended";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::CardUntrusted);
    }
    EXPECT_LT(chip.heard, 1000);
}

TEST(ChainingChannel, refusesAnAnswerThatNeverEndsAndNeverBringsAnything) {
    Parrot chip{{{}, iso7816::StatusWord{0x6100}}};
    ChainingChannel channel{chip, false};
    EXPECT_THROW(channel.transmit(CommandApdu{{0, 0xCB, 0x3F, 0xFF}, {}, 256}), Failure);
}

}  // namespace
}  // namespace zegel::drivers
