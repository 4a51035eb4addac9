#include "drivers/reader/relay/reader_service.h"
#include "drivers/reader/relay/relayed_line.h"
#include "drivers/reader/relay/relayed_reader_watch.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/in_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <sys/socket.h>
#include <thread>

namespace zegel::drivers {
namespace {

using namespace std::chrono_literals;
using iso7816::CommandApdu;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Serves a bench from a thread: all of the relay but the process.
class HostInThread final : public ReaderHost {
public:
    explicit HostInThread(hwsim::InProcessBench& bench) : watch_(bench.watch()) {
        auto [ours, theirs] = relaySocketPair();
        control_ = std::move(ours);
        thread_ = std::thread{[this, socket = std::move(theirs)]() mutable {
            serveReaders(std::move(socket), *watch_, [] {});
        }};
    }
    ~HostInThread() override { end(); }
    HostInThread(const HostInThread&) = delete;
    HostInThread& operator=(const HostInThread&) = delete;

    int control() const noexcept override { return control_.number(); }
    void end() noexcept override {
        ::shutdown(control_.number(), SHUT_RDWR);
        if (thread_.joinable()) thread_.join();
    }

private:
    std::unique_ptr<ReaderWatch> watch_;
    RelaySocket control_{};
    std::thread thread_{};
};

class Relay : public testing::Test {
protected:
    Relay() {
        bench.addReader(Here);
        bench.addReader(ReaderName{"Other 00 00"});
    }

    std::string failure(Fault expected, const std::function<void()>& act) {
        try {
            act();
        } catch (const Failure& thrown) {
            EXPECT_EQ(thrown.fault(), expected) << thrown.what();
            return thrown.what();
        }
        ADD_FAILURE() << "nothing was thrown";
        return {};
    }

    static CommandApdu select() {
        return CommandApdu({0x00, 0xA4, 0x04, 0x00}, Bytes{0xA0, 0x00, 0x00, 0x03, 0x08},
                           CommandApdu::AllShort);
    }

    const ReaderName Here{"Reader 00 00"};
    const ReaderName Shown{"left table/Reader 00 00"};
    hwsim::InProcessBench bench;
    HostInThread* host = nullptr;
    int started = 0;
    RelayedReaderWatch watch{[this] {
                                 ++started;
                                 auto made = std::make_unique<HostInThread>(bench);
                                 host = made.get();
                                 return made;
                             },
                             "left table"};
};

TEST_F(Relay, namesReadersWithTheirServiceInFront) {
    EXPECT_THAT(watch.readers(), ElementsAre(ReaderName{"left table/Other 00 00"}, Shown));
    EXPECT_EQ(watch.reader(Shown)->name(), Shown);
    EXPECT_EQ(started, 1) << "one process serves the watch and the readers";
}

TEST_F(Relay, tellsOfACardAndOfReadersThatComeAndGo) {
    const auto reader = watch.reader(Shown);
    const auto empty = reader->presence();
    EXPECT_EQ(empty.state, Presence::State::Empty);
    auto seen = std::async(std::launch::async, [&] { return reader->awaitChange(empty, 10s); });
    bench.insert(Here, hwsim::blankPivChip("5.7", 1));
    EXPECT_EQ(seen.get().state, Presence::State::Card);
    EXPECT_THAT(watch.readers(), testing::SizeIs(2));
    bench.removeReader(Here);
    watch.awaitChange(10s);
    EXPECT_THAT(watch.readers(), ElementsAre(ReaderName{"left table/Other 00 00"}));
    EXPECT_EQ(reader->presence().state, Presence::State::Gone);
}

TEST_F(Relay, anInterruptionEndsTheWaitUnderWayAndTheNextOne) {
    const auto reader = watch.reader(Shown);
    const auto known = reader->presence();
    reader->interrupt();
    EXPECT_EQ(reader->awaitChange(known, 60s), known);
    auto waiting = std::async(std::launch::async, [&] { return reader->awaitChange(known, 60s); });
    while (waiting.wait_for(5ms) != std::future_status::ready)
        reader->interrupt();
    EXPECT_EQ(waiting.get(), known);

    const auto fresh = watch.reader(Shown);
    fresh->interrupt();  // before its line is there
    EXPECT_EQ(fresh->awaitChange(known, 60s), known);
    watch.interrupt();
    watch.awaitChange(60s);
}

TEST_F(Relay, carriesASessionWithItsAtrAndItsPowerCycle) {
    bench.setCarriesExtended(std::nullopt);
    bench.insert(Here, hwsim::blankPivChip("5.7", 0x01020304));
    const auto reader = watch.reader(Shown);
    const auto session = reader->connect();
    EXPECT_EQ(session->atr(), hwsim::blankPivChip("5.7", 0x01020304)->atr());
    EXPECT_EQ(session->carriesExtended(), std::nullopt);
    EXPECT_EQ(session->transmit(select()).status, iso7816::sw::Ok);
    const CommandApdu serial({0x00, 0xF8, 0x00, 0x00}, {}, 256);
    EXPECT_EQ(session->transmit(serial).data, (Bytes{1, 2, 3, 4}));
    session->powerCycle();
    EXPECT_NE(session->transmit(serial).status, iso7816::sw::Ok) << "the applet is chosen no more";
    // An extended command, as long as they come.
    const CommandApdu longest({0x00, 0x20, 0x00, 0x80}, Bytes(65535), 0);
    EXPECT_NE(session->transmit(longest).status, iso7816::sw::Ok);
}

TEST_F(Relay, aSessionThatEndsLetsGoOfTheCard) {
    bench.insert(Here, hwsim::blankPivChip("5.7", 1));
    const auto reader = watch.reader(Shown);
    { const auto session = reader->connect(); }
    {
        auto other = watch.reader(Shown);
        auto session = other->connect();
        failure(Fault::ReaderUnavailable, [&] { reader->connect(); });
    }
    EXPECT_EQ(reader->connect()->transmit(select()).status, iso7816::sw::Ok);
}

TEST_F(Relay, tellsFailuresAsTheyWere) {
    const auto reader = watch.reader(Shown);
    std::string direct;
    try {
        bench.reader(Here)->connect();
    } catch (const Failure& thrown) {
        direct = thrown.what();
    }
    EXPECT_EQ(failure(Fault::CardPulled, [&] { reader->connect(); }), direct);
    bench.insert(Here, hwsim::blankPivChip("5.7", 1));
    const auto session = reader->connect();
    bench.pull(Here);
    failure(Fault::CardPulled, [&] { session->transmit(select()); });
    bench.stopService();
    EXPECT_THROW(watch.readers(), ServiceGone);
    EXPECT_THROW(session->transmit(select()), ServiceGone);
    bench.startService();
    EXPECT_THAT(watch.readers(), testing::SizeIs(2));
}

TEST_F(Relay, outlivesItsHostAndStartsAnother) {
    bench.insert(Here, hwsim::blankPivChip("5.7", 1));
    const auto reader = watch.reader(Shown);
    {
        const auto session = reader->connect();
        EXPECT_EQ(session->transmit(select()).status, iso7816::sw::Ok);
        host->end();
        EXPECT_THAT(failure(Fault::ReaderUnavailable, [&] { session->transmit(select()); }),
                    HasSubstr("the PC/SC service left table"));
        failure(Fault::ReaderUnavailable, [&] { watch.readers(); });
        EXPECT_THAT(watch.readers(), testing::SizeIs(2));
        failure(Fault::ReaderUnavailable, [&] { session->transmit(select()); });
        failure(Fault::ReaderUnavailable, [&] { session->powerCycle(); });
    }
    EXPECT_EQ(reader->connect()->transmit(select()).status, iso7816::sw::Ok);
    EXPECT_EQ(started, 2);
    host->end();
    EXPECT_THROW(reader->presence(), ServiceGone) << "the readers of the others went with it";
    EXPECT_THROW(watch.readers(), ServiceGone);
    EXPECT_THAT(watch.readers(), testing::SizeIs(2));
}

/// Takes lines, answers nothing.
class SilentHost final : public ReaderHost {
public:
    explicit SilentHost(bool& ended) : ended_(ended) {
        auto [ours, theirs] = relaySocketPair();
        control_ = std::move(ours);
        other_ = std::move(theirs);
    }
    int control() const noexcept override { return control_.number(); }
    void end() noexcept override { ended_ = true; }

private:
    bool& ended_;
    RelaySocket control_{};
    RelaySocket other_{};
};

TEST(RelayedLine, aServiceThatHangsIsNamedAndItsProcessEndedOnlyWhenTheWatchHangs) {
    bool ended = false;
    const auto hub = std::make_shared<RelayHub>([&] { return std::make_unique<SilentHost>(ended); },
                                                "right table");
    const std::array<std::uint8_t, 1> question{0};
    for (const auto& [reader, ends] : {std::pair{"Reader 00 00", false}, std::pair{"", true}}) {
        RelayedLine line{hub, reader};
        try {
            line.ask({question}, 10ms);
            FAIL() << "an answer came from nobody";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::ReaderUnavailable);
            EXPECT_EQ(dynamic_cast<const ServiceGone*>(&failure), nullptr)
                << "it may be one reader";
            EXPECT_THAT(failure.what(), HasSubstr("right table did not answer within 1 s"));
        }
        EXPECT_EQ(ended, ends) << reader;
    }
}

/// A line of the other side's own making, to do what RelayedLine never does.
std::unique_ptr<RelayLine> rawLine(const ReaderHost& host, std::uint32_t number,
                                   const std::string& reader) {
    auto [ours, theirs] = relaySocketPair();
    EXPECT_TRUE(relaySend(host.control(),
                          {relayOctet(RelayTell::Open), relayNumber(number), bytesOf(reader)},
                          theirs.number()));
    return std::make_unique<RelayLine>(std::move(ours));
}

std::string answerOf(RelayLine& line, const Bytes& question) {
    EXPECT_TRUE(line.send({question}));
    EXPECT_EQ(line.receive(10s), RelayLine::Came::Message);
    const auto answer = line.message();
    return answer[0] == static_cast<std::uint8_t>(RelayAnswer::Done) ? "done"
                                                                     : textOf(answer.subspan(2));
}

TEST(ReaderService, letsGoOfACardWhenItsLineIsLost) {
    hwsim::InProcessBench bench;
    const ReaderName reader{"Reader 00 00"};
    bench.addReader(reader);
    bench.insert(reader, hwsim::blankPivChip("5.7", 1));
    HostInThread host{bench};
    const Bytes connect{static_cast<std::uint8_t>(RelayAsk::Connect)};
    auto lost = rawLine(host, 1, reader.value());
    EXPECT_EQ(answerOf(*lost, connect), "done");
    const auto next = rawLine(host, 2, reader.value());
    EXPECT_NE(answerOf(*next, connect), "done") << "the card is in use";
    lost.reset();
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (answerOf(*next, connect) != "done")
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
}

TEST(ReaderService, asksAServiceNoSecondTimeAboutAReaderThatHangsInIt) {
    hwsim::InProcessBench bench;
    bench.addReader(ReaderName{"Reader 00 00"});
    HostInThread host{bench};
    // A wait that lasts stands for a call that hangs: nobody is left to hear of its end.
    auto hanging = rawLine(host, 1, "Reader 00 00");
    const Bytes look{static_cast<std::uint8_t>(RelayAsk::Presence)};
    EXPECT_EQ(answerOf(*hanging, look), "done");
    const Bytes forLong{
        static_cast<std::uint8_t>(RelayAsk::AwaitPresence), 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF};
    ASSERT_TRUE(hanging->send({forLong}));
    hanging.reset();
    std::uint32_t number = 1;
    const auto askUntil = [&](auto isWanted) {
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        while (std::chrono::steady_clock::now() < deadline) {
            const auto line = rawLine(host, ++number, "Reader 00 00");
            if (isWanted(answerOf(*line, look))) return true;
        }
        return false;
    };
    EXPECT_TRUE(askUntil([](const std::string& words) {
        return words.find("hangs over reader Reader 00 00") != std::string::npos;
    }));
    ASSERT_TRUE(relaySend(host.control(), {relayOctet(RelayTell::Interrupt), relayNumber(1)}));
    EXPECT_TRUE(askUntil([](const std::string& words) { return words == "done"; }))
        << "it answers again";
}

TEST_F(Relay, aReaderThatHungIsAskedAgainOverALineOfItsOwn) {
    watch.readers();
    auto hanging = rawLine(*host, 1000, Here.value());
    EXPECT_EQ(answerOf(*hanging, {static_cast<std::uint8_t>(RelayAsk::Presence)}), "done");
    const Bytes forLong{
        static_cast<std::uint8_t>(RelayAsk::AwaitPresence), 0, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF};
    ASSERT_TRUE(hanging->send({forLong}));
    hanging.reset();
    auto reader = watch.reader(Shown);
    const auto isAnswered = [&] {
        try {
            return reader->presence().state == Presence::State::Empty;
        } catch (const Failure&) {
            return false;
        }
    };
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    const auto isLate = [&] { return std::chrono::steady_clock::now() > deadline; };
    while (isAnswered() && !isLate())
        reader =
            watch.reader(Shown);  // the host may not have seen yet that nobody reads its answer
    ASSERT_FALSE(isAnswered());
    ASSERT_TRUE(relaySend(host->control(), {relayOctet(RelayTell::Interrupt), relayNumber(1000)}));
    while (!isAnswered() && !isLate()) {
    }
    EXPECT_TRUE(isAnswered());
}

TEST(ReaderService, answersMessagesThatAreCutShortOrMeantForAnother) {
    hwsim::InProcessBench bench;
    bench.addReader(ReaderName{"Reader 00 00"});
    HostInThread host{bench};
    for (const std::string reader : {"", "Reader 00 00"}) {
        auto [ours, theirs] = relaySocketPair();
        const std::array<std::uint8_t, 1> open{static_cast<std::uint8_t>(RelayTell::Open)};
        ASSERT_TRUE(
            relaySend(host.control(), {open, relayNumber(7), bytesOf(reader)}, theirs.number()));
        RelayLine line{std::move(ours)};
        for (const Bytes& question :
             {Bytes{1}, Bytes{3, 0}, Bytes{3, 9, 0, 0, 0, 0}, Bytes{5}, Bytes{6}, Bytes{99}}) {
            if (reader.empty() && question[0] != 1) continue;
            ASSERT_TRUE(line.send({question}));
            ASSERT_EQ(line.receive(10s), RelayLine::Came::Message);
            EXPECT_EQ(line.message()[0], static_cast<std::uint8_t>(RelayAnswer::Failed))
                << reader << ' ' << int{question[0]};
        }
    }
}

}  // namespace
}  // namespace zegel::drivers
