#include "hwsim/doors/pcscd_bench.h"

#include "drivers/reader/pcsc/pcsc_reader_watch.h"
#include "hwsim/chips/piv_chip.h"
#include "hwsim/doors/chip_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <poll.h>
#include <stdlib.h>

namespace zegel::hwsim {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using drivers::Presence;
using iso7816::CommandApdu;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

const ReaderName Card{"Zegel Virtual Card Reader 00 00"};
const ReaderName Token{"Zegel Virtual Token 01 00"};

/// libpcsclite asks for the socket's name once a process, so all tests share the directory.
class PcscdBenchTest : public testing::Test {
protected:
    PcscdBenchTest() { ::setenv("PCSCLITE_CSOCK_NAME", bench->pcscSocket().c_str(), 1); }

    static void SetUpTestSuite() {
        std::string name = (fs::temp_directory_path() / "zegel-bench-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory() = name;
    }
    static void TearDownTestSuite() { fs::remove_all(directory()); }

    static fs::path& directory() {
        static fs::path path;
        return path;
    }

    static PcscdBenchSettings settings(const fs::path& where) {
        PcscdBenchSettings settings{.directory = where,
                                    .readers = {"Zegel Virtual Card Reader", "Zegel Virtual Token"},
                                    .parts = {}};
        settings.parts.oneSlotHandler =
            fs::path(ZEGEL_BINARY_DIR) / "bin" / "zegel_one_slot_handler.so";
        settings.rest = 100ms;
        return settings;
    }

    /// Lets the bench work until it is so; fails after a minute.
    template <typename Condition>
    void attendUntil(Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << bench->list();
            const auto due = bench->due().value_or(std::chrono::steady_clock::now() + 50ms);
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                due - std::chrono::steady_clock::now());
            std::array<pollfd, 2> waiting{
                {{bench->notices(), POLLIN, 0}, {bench->rested(), POLLIN, 0}}};
            ::poll(waiting.data(), waiting.size(),
                   static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 50)));
            bench->attend();
        }
    }

    bool lists(std::string_view words) { return bench->list().find(words) != std::string::npos; }

    static CommandApdu select() {
        return CommandApdu({0x00, 0xA4, 0x04, 0x00}, Bytes{0xA0, 0x00, 0x00, 0x03, 0x08},
                           CommandApdu::AllShort);
    }

    static CommandApdu verify(std::string_view pin) {
        Bytes padded = bytesOf(pin);
        padded.resize(8, 0xFF);
        return CommandApdu({0x00, 0x20, 0x00, 0x80}, padded);
    }

    /// The service powers a card, and then tells its clients: an instant after the bench knows.
    std::unique_ptr<drivers::CardSession> sessionIn(const ReaderName& name) {
        const auto reader = watch.reader(name);
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        Presence seen = reader->presence();
        while (seen.state != Presence::State::Card && std::chrono::steady_clock::now() < deadline) {
            seen = reader->awaitChange(seen, 1s);
        }
        return reader->connect();
    }

    Bytes serialIn(const ReaderName& reader) {
        const auto session = sessionIn(reader);
        session->transmit(select());
        return session->transmit(CommandApdu({0x00, 0xF8, 0x00, 0x00}, {}, 256)).data;
    }

    /// Something that the chip keeps: enough for the hopper to call it worked on.
    void workOn(const ReaderName& reader) {
        const auto session = sessionIn(reader);
        session->transmit(select());
        EXPECT_EQ(session->transmit(verify("123456")).status, iso7816::sw::Ok);
    }

    void makeChip(const std::string& name, std::uint32_t serial) {
        saveChipFile(directory() / "chips" / (name + ".chip"),
                     blankMemory(pivModelNamed("5.7"), serial));
    }

    std::unique_ptr<PcscdBench> bench = std::make_unique<PcscdBench>(settings(directory()));
    drivers::PcscReaderWatch watch;
};

TEST_F(PcscdBenchTest, readersHaveTheNamesTheyWereGivenAndOneSlotEach) {
    EXPECT_THAT(watch.readers(), ElementsAre(Card, Token));
}

TEST_F(PcscdBenchTest, insertAndPullReturnWhenTheServiceKnows) {
    makeChip("one", 0x01020304);
    EXPECT_EQ(watch.reader(Token)->presence().state, Presence::State::Empty);
    bench->insert("Zegel Virtual Token", "one");
    EXPECT_EQ(serialIn(Token), (Bytes{1, 2, 3, 4}));
    EXPECT_EQ(watch.reader(Token)->presence().state, Presence::State::Card);
    bench->pull("2");
    EXPECT_EQ(watch.reader(Token)->presence().state, Presence::State::Empty);
}

TEST_F(PcscdBenchTest, whatWasWrittenIsThereInAnotherReader) {
    makeChip("two", 2);
    bench->insert("1", "two");
    {
        const auto session = sessionIn(Card);
        session->transmit(select());
        EXPECT_EQ(session->transmit(verify("000000")).status.triesLeft(), 2);
    }
    bench->pull("1");
    bench->insert(Token.value(), "two");
    const auto session = sessionIn(Token);
    session->transmit(select());
    EXPECT_EQ(session->transmit(verify("000000")).status.triesLeft(), 1);
}

TEST_F(PcscdBenchTest, theHopperSwapsFinishedCardsAndLeavesTheLastOneIn) {
    bench->load("1", 3, "5.7", 100);
    const auto reader = watch.reader(Card);
    for (const int serial : {100, 101, 102}) {
        // Looking through PC/SC would wake the card, and it has to rest.
        attendUntil([&] { return lists("card    " + chipName(std::to_string(serial))); });
        attendUntil([&] { return reader->presence().state == Presence::State::Card; });
        EXPECT_EQ(serialIn(Card).back(), serial);
        workOn(Card);
    }
    EXPECT_FALSE(bench->due());
    EXPECT_EQ(serialIn(Card).back(), 102);
    EXPECT_THAT(bench->list(), HasSubstr("stack   piv-00000064 piv-00000065\n"));
}

TEST_F(PcscdBenchTest, aCardPutInByHandWhileTheHopperSwapsEndsThatSwap) {
    makeChip("by-hand", 9);
    bench->load("1", 2, "5.7", 500);
    workOn(Card);
    attendUntil([&] { return lists("card    none\n   hopper  1"); });
    bench->insert("1", "by-hand");
    bench->attend();
    bench->pull("1");
    bench->attend();
    EXPECT_TRUE(lists("card    none\n   hopper  1")) << "nobody asked for the next one";
}

TEST_F(PcscdBenchTest, aSwapThatTheEndOfTheServiceCutOffIsFinishedWithTheNext) {
    bench->load("1", 2, "5.7", 600);
    workOn(Card);
    attendUntil([&] { return lists("card    none\n   hopper  1"); });
    bench->stopService(true);
    bench->attend();
    EXPECT_TRUE(lists("card    none\n   hopper  1")) << bench->list();
    bench->startService();
    EXPECT_EQ(serialIn(Card), (Bytes{0, 0, 2, 0x59}));
    EXPECT_TRUE(lists("hopper  0\n   stack   piv-00000258\n")) << bench->list();
}

TEST_F(PcscdBenchTest, anEjectWhileTheHopperSwapsIsThatSwap) {
    bench->load("1", 3, "5.7", 400);
    workOn(Card);
    attendUntil([&] { return lists("card    none\n   hopper  2"); });
    EXPECT_THAT([&] { bench->pull("1"); },
                ThrowsMessage<Failure>(HasSubstr("the hopper puts the next card into reader")));
    bench->eject("1");
    EXPECT_THAT(bench->list(), HasSubstr("card    piv-00000191"));
    EXPECT_THAT(bench->list(), HasSubstr("hopper  1\n   stack   piv-00000190\n"));
    bench->attend();
    EXPECT_THAT(bench->list(), HasSubstr("card    piv-00000191"))
        << "it is not taken for two swaps";
}

TEST_F(PcscdBenchTest, aCardThatWasOnlyLookedAtStays) {
    bench->load("1", 2, "5.7", 200);
    EXPECT_EQ(serialIn(Card).back(), 200);
    EXPECT_FALSE(bench->due());
    workOn(Card);
    attendUntil([&] { return bench->due().has_value(); });
}

TEST_F(PcscdBenchTest, outlivesItsServiceAndStartsItAgain) {
    makeChip("three", 3);
    bench->insert("1", "three");
    EXPECT_EQ(serialIn(Card).back(), 3);
    bench->stopService(true);
    EXPECT_THAT(bench->list(), HasSubstr("pcscd is not running"));
    EXPECT_THROW(watch.readers(), Failure);
    bench->startService();
    EXPECT_EQ(serialIn(Card).back(), 3);
}

TEST_F(PcscdBenchTest, theHopperKnowsAFinishedCardAfterItsServiceWasStartedAgain) {
    bench->load("1", 2, "5.7", 300);
    workOn(Card);
    bench->stopService(true);
    bench->startService();
    attendUntil([&] { return lists("card    piv-0000012D"); });
    EXPECT_EQ(serialIn(Card), (Bytes{0, 0, 1, 0x2D}));
    EXPECT_FALSE(bench->due());
}

TEST_F(PcscdBenchTest, aPulledCardEndsTheSessionUnderWay) {
    makeChip("four", 4);
    bench->insert("1", "four");
    const auto session = sessionIn(Card);
    session->transmit(select());
    bench->pull("1");
    try {
        session->transmit(select());
        FAIL() << "a card that is gone answered";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::CardPulled) << failure.what();
    }
}

TEST_F(PcscdBenchTest, aMuteCardIsSeenButCannotBeUsed) {
    makeChip("mute", 7);
    bench->setMute("1", true);
    bench->insert("1", "mute");
    const auto reader = watch.reader(Card);
    Presence seen = reader->presence();
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (seen.state != Presence::State::MuteCard) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline);
        seen = reader->awaitChange(seen, 1s);
    }
    EXPECT_THROW(reader->connect(), Failure);
    bench->pull("1");
    bench->setMute("1", false);
    bench->insert("1", "mute");
    EXPECT_EQ(serialIn(Card).back(), 7);
}

TEST_F(PcscdBenchTest, worksBesideAnother) {
    const fs::path beside = directory().string() + "-beside";
    {
        PcscdBench other(settings(beside));
        other.load("1", 1, "5.4", 77);
        EXPECT_NE(other.pcscdProcess(), bench->pcscdProcess());
        bench->load("1", 1, "5.4", 78);
        EXPECT_EQ(serialIn(Card).back(), 78);
    }
    EXPECT_EQ(serialIn(Card).back(), 78);
    fs::remove_all(beside);
}

TEST_F(PcscdBenchTest, clearsEverythingAwayButTheCards) {
    bench->load("2", 1, "5.4", 300);
    const pid_t pcscd = bench->pcscdProcess();
    bench.reset();
    EXPECT_FALSE(fs::exists("/proc/" + std::to_string(pcscd)));
    std::vector<std::string> left;
    for (const auto& entry : fs::directory_iterator(directory())) {
        left.push_back(entry.path().filename());
    }
    EXPECT_THAT(left, ElementsAre("chips"));
    EXPECT_TRUE(fs::exists(directory() / "chips" / "300.chip"));
}

TEST_F(PcscdBenchTest, refusesWhatCannotBe) {
    makeChip("five", 5);
    EXPECT_THROW(bench->insert("3", "five"), Failure);
    EXPECT_THROW(bench->insert("1", "nothing"), Failure);
    EXPECT_THROW(bench->pull("1"), Failure);
    EXPECT_THROW(bench->load("1", 1, "9.9"), Failure);
    bench->insert("1", "five");
    EXPECT_THROW(bench->insert("2", "five"), Failure);
    makeChip("six", 6);
    EXPECT_THROW(bench->insert("1", "six"), Failure);
}

}  // namespace
}  // namespace zegel::hwsim
