#include "drivers/channel/replay_channel.h"

#include "drivers/base/hex.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <string>

namespace zegel::drivers {
namespace {

using iso7816::CommandApdu;

std::string refusalOf(const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::Defect);
        return failure.what();
    }
    ADD_FAILURE() << "nothing was refused";
    return {};
}

TEST(ReplayChannel, namesTheLineOfADeparture) {
    ReplayChannel chip{"piv.apdu", "# met at the desk\n\n> 00FD0000 00\n< 050701 9000\n"};
    EXPECT_EQ(refusalOf([&] {
                  chip.transmit(CommandApdu{{0, 0xF8, 0, 0}, {}, 256});
              }),
              "piv.apdu line 3: expected 00FD0000 00, got 00F80000 00");
}

TEST(ReplayChannel, refusesWhatComesAfterItsEnd) {
    ReplayChannel chip{"piv.apdu", "> 00FD0000 00\n< 050701 9000\n"};
    chip.transmit(CommandApdu{{0, 0xFD, 0, 0}, {}, 256});
    EXPECT_TRUE(chip.finished());
    EXPECT_EQ(refusalOf([&] {
                  chip.transmit(CommandApdu{{0, 0xF8, 0, 0}, {}, 256});
              }),
              "piv.apdu is at its end and cannot answer 00F80000 00");
}

TEST(ReplayChannel, matchesAWithheldBodyByHeaderAndLength) {
    const auto verify = [](std::size_t size) {
        return CommandApdu{{0, 0x20, 0, 0x80}, Bytes(size), 0, CommandApdu::Body::Withheld};
    };
    ReplayChannel withheld{"a", "> 00200080 [8 bytes withheld]\n< 9000\n"};
    EXPECT_THROW(withheld.transmit(verify(7)), Failure);
    EXPECT_EQ(withheld.transmit(verify(8)).status, iso7816::sw::Ok);
    ReplayChannel written{"b", "> 00200080 08 3132333435363738\n< 9000\n"};
    EXPECT_THROW(written.transmit(verify(7)), Failure);
    EXPECT_EQ(written.transmit(verify(8)).status, iso7816::sw::Ok);
}

TEST(ReplayChannel, doesNotTakeAShownBodyForAnother) {
    ReplayChannel chip{"a", "> 00CB3FFF 05 5C035FC105 00\n< 6A82\n"};
    EXPECT_THROW(
        chip.transmit(CommandApdu{{0, 0xCB, 0x3F, 0xFF}, fromHex("5C035FC10A").value(), 256}),
        Failure);
}

TEST(ReplayChannel, givesZerosForWithheldAnswers) {
    ReplayChannel chip{"a", "> 00FD0000 00\n< [3 bytes withheld] 9000\n"};
    EXPECT_EQ(toHex(chip.transmit(CommandApdu{{0, 0xFD, 0, 0}, {}, 256}).data), "000000");
}

TEST(ReplayChannel, throwsTheFaultThatIsWritten) {
    ReplayChannel chip{"a", "> 00FD0000 00\n! card-pulled\n"};
    try {
        chip.transmit(CommandApdu{{0, 0xFD, 0, 0}, {}, 256});
        FAIL() << "no fault";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::CardPulled);
    }
}

TEST(ReplayChannel, refusesABrokenTranscriptNamingTheLine) {
    const auto refusal = [](std::string_view text) {
        return refusalOf([&] { ReplayChannel{"a", text}; });
    };
    EXPECT_EQ(refusal("00FD0000 00\n"), R"(a line 1: neither ">", "<" nor "!")");
    EXPECT_EQ(refusal("< 9000\n"), "a line 1: an answer without a command");
    EXPECT_EQ(refusal("> 00FD0000 00\n"), "a line 1: a command without an answer");
    EXPECT_EQ(refusal("> 00FD0000\n> 00FD0000\n"), "a line 1: a command without an answer");
    EXPECT_EQ(refusal("> 00FD0000\n< 90\n"), "a line 2: not an answer in hexadecimal");
    EXPECT_EQ(refusal("> 00FD0000\n< [x bytes withheld] 9000\n"),
              "a line 2: not an answer in hexadecimal");
    EXPECT_EQ(refusal("> 00FD0000\n! tired\n"), "a line 2: no such fault");
}

TEST(ReplayChannel, readsAFileAndNamesTheOneItCannot) {
    const std::string path = testing::TempDir() + "zegel_replay_test.apdu";
    std::ofstream{path} << "> 00FD0000 00\r\n< 050701 9000\r\n";
    auto chip = ReplayChannel::fromFile(path);
    EXPECT_EQ(toHex(chip.transmit(CommandApdu{{0, 0xFD, 0, 0}, {}, 256}).data), "050701");
    std::remove(path.c_str());
    EXPECT_EQ(refusalOf([&] { ReplayChannel::fromFile(path); }), "cannot read transcript " + path);
}

}  // namespace
}  // namespace zegel::drivers
