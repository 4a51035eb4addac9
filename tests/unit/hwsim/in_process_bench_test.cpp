#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/in_process.h"

#include <gtest/gtest.h>

#include <thread>

namespace zegel::hwsim {
namespace {

using namespace std::chrono_literals;
using drivers::Presence;
using iso7816::CommandApdu;
using Kind = ExchangeFault::Kind;

const ReaderName Desk{"Desk"};

class InProcessBenchTest : public testing::Test {
protected:
    InProcessBenchTest() {
        bench.addReader(Desk);
        bench.insert(Desk, chip);
    }

    static CommandApdu select() {
        const Bytes rid{0xA0, 0x00, 0x00, 0x03, 0x08};
        return CommandApdu({0x00, 0xA4, 0x04, 0x00}, rid, CommandApdu::AllShort);
    }

    static CommandApdu verifyWrongPin() {
        return CommandApdu({0x00, 0x20, 0x00, 0x80}, bytesOf("99999999"));
    }

    static Fault faultOf(const auto& act) {
        try {
            act();
        } catch (const Failure& failure) {
            return failure.fault();
        }
        return Fault::Defect;
    }

    InProcessBench bench;
    std::shared_ptr<PivChip> chip = blankPivChip("5.4", 1);
};

TEST_F(InProcessBenchTest, carriesCommandsToTheChipAndCountsThem) {
    const auto session = bench.reader(Desk)->connect();
    EXPECT_EQ(session->atr(), chip->atr());
    EXPECT_EQ(session->transmit(select()).status, iso7816::sw::Ok);
    EXPECT_EQ(bench.traffic(Desk), (Traffic{1, 11, 21}));
}

TEST_F(InProcessBenchTest, givesTheCardToOneSessionAtATime) {
    const auto reader = bench.reader(Desk);
    auto session = reader->connect();
    EXPECT_EQ(faultOf([&] { reader->connect(); }), Fault::ReaderUnavailable);
    session.reset();
    EXPECT_NO_THROW(reader->connect());
}

TEST_F(InProcessBenchTest, leavesTheChipUnpoweredAfterASession) {
    bench.reader(Desk)->connect();
    EXPECT_TRUE(chip->exchange(Bytes{0x00, 0xA4, 0x04, 0x00}).empty());
}

TEST_F(InProcessBenchTest, aPowerCycleLosesTheSecurityStatus) {
    const auto session = bench.reader(Desk)->connect();
    session->transmit(select());
    session->powerCycle();
    EXPECT_EQ(session->transmit(verifyWrongPin()).status, iso7816::sw::InstructionNotSupported);
}

TEST_F(InProcessBenchTest, pullsTheCardBeforeTheChipSawTheCommand) {
    const auto session = bench.reader(Desk)->connect();
    bench.arm(Desk, {.kind = Kind::PullBefore, .exchange = 2});
    session->transmit(select());
    EXPECT_EQ(faultOf([&] { session->transmit(verifyWrongPin()); }), Fault::CardPulled);
    EXPECT_EQ(chip->memory().pin.left, 3);
    EXPECT_EQ(bench.takePulled(Desk), chip);
    EXPECT_EQ(bench.faultsPending(Desk), 0U);
}

TEST_F(InProcessBenchTest, pullsTheCardAfterTheChipObeyed) {
    const auto session = bench.reader(Desk)->connect();
    bench.arm(Desk, {.kind = Kind::PullAfter, .exchange = 2});
    session->transmit(select());
    EXPECT_EQ(faultOf([&] { session->transmit(verifyWrongPin()); }), Fault::CardPulled);
    EXPECT_EQ(chip->memory().pin.left, 2);
}

TEST_F(InProcessBenchTest, aSessionStaysDeadWhenTheCardComesBack) {
    const auto session = bench.reader(Desk)->connect();
    bench.insert(Desk, [&] { return bench.pull(Desk); }());
    EXPECT_EQ(faultOf([&] { session->transmit(select()); }), Fault::CardPulled);
}

TEST_F(InProcessBenchTest, answersTheStatusThatWasAskedFor) {
    const auto session = bench.reader(Desk)->connect();
    bench.arm(Desk, {.kind = Kind::Status, .exchange = 1, .status = 0x6A84});
    EXPECT_EQ(session->transmit(select()).status, iso7816::sw::NotEnoughMemory);
    EXPECT_EQ(bench.traffic(Desk).exchanges, 0U);
    EXPECT_EQ(session->transmit(select()).status, iso7816::sw::Ok);
}

TEST_F(InProcessBenchTest, garblesAndCutsAnswers) {
    const auto session = bench.reader(Desk)->connect();
    bench.arm(Desk, {.kind = Kind::Garble, .exchange = 1});
    bench.arm(Desk, {.kind = Kind::CutShort, .exchange = 2});
    EXPECT_EQ(session->transmit(select()).data[0], 0x9E);
    EXPECT_EQ(session->transmit(select()).data.size(), 9U);
    EXPECT_EQ(session->transmit(select()).data.size(), 19U);
}

TEST_F(InProcessBenchTest, losesTheReaderAndTheService) {
    auto session = bench.reader(Desk)->connect();
    bench.arm(Desk, {.kind = Kind::ReaderGone, .exchange = 1});
    EXPECT_EQ(faultOf([&] { session->transmit(select()); }), Fault::ReaderUnavailable);
    EXPECT_EQ(bench.reader(Desk)->presence().state, Presence::State::Gone);
    EXPECT_EQ(bench.takePulled(Desk), chip);
    session.reset();

    bench.addReader(Desk);
    bench.insert(Desk, chip);
    session = bench.reader(Desk)->connect();
    bench.arm(Desk, {.kind = Kind::ServiceGone, .exchange = 1});
    EXPECT_EQ(faultOf([&] { session->transmit(select()); }), Fault::ReaderUnavailable);
    EXPECT_EQ(faultOf([&] { bench.reader(Desk)->presence(); }), Fault::ReaderUnavailable);
    EXPECT_EQ(faultOf([&] { bench.watch()->readers(); }), Fault::ReaderUnavailable);
}

TEST_F(InProcessBenchTest, aMuteCardIsSeenAndNotConnectedTo) {
    bench.setMute(Desk, true);
    EXPECT_EQ(bench.reader(Desk)->presence().state, Presence::State::MuteCard);
    EXPECT_EQ(faultOf([&] { bench.reader(Desk)->connect(); }), Fault::CardPulled);
}

TEST_F(InProcessBenchTest, wakesWhoeverWaitsForACard) {
    bench.pull(Desk);
    const auto reader = bench.reader(Desk);
    const Presence empty = reader->presence();
    std::jthread hand([&] { bench.insert(Desk, chip); });
    const Presence now = reader->awaitChange(empty, 10s);
    EXPECT_EQ(now.state, Presence::State::Card);
    EXPECT_EQ(now.events, empty.events + 1);
}

TEST_F(InProcessBenchTest, seesACardThatWasOutAndInBetweenTwoLooks) {
    const auto reader = bench.reader(Desk);
    const Presence known = reader->presence();
    bench.insert(Desk, [&] { return bench.pull(Desk); }());
    EXPECT_NE(reader->awaitChange(known, 10s), known);
}

TEST_F(InProcessBenchTest, wakesWhoeverWaitsForAReader) {
    const auto watch = bench.watch();
    EXPECT_EQ(watch->readers().size(), 1U);
    std::jthread hand([&] { bench.addReader(ReaderName{"Second"}); });
    watch->awaitChange(10s);
    EXPECT_EQ(watch->readers().size(), 2U);
    EXPECT_EQ(bench.removeReader(Desk), chip);
    EXPECT_EQ(bench.reader(Desk)->presence().state, Presence::State::Gone);
}

TEST_F(InProcessBenchTest, anInterruptEndsTheNextWaitToo) {
    const auto reader = bench.reader(Desk);
    reader->interrupt();
    const auto before = std::chrono::steady_clock::now();
    reader->awaitChange(reader->presence(), 10s);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 5s);
}

}  // namespace
}  // namespace zegel::hwsim
