#include "tests/pcsc/reader/virtual_table.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <future>
#include <iterator>

namespace zegel::drivers {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using Steady = std::chrono::steady_clock;

/// Far more than any of this takes; waits end by what they wait for.
constexpr auto Long = 30s;

class PcscReaders : public VirtualTable {};

TEST_F(PcscReaders, areListedByName) {
    EXPECT_THAT(watch.readers(), ElementsAre(left, ReaderName{"Right 01 00"}));
}

TEST_F(PcscReaders, tellWhatIsInThemAndCountWhatCameAndWent) {
    const auto reader = watch.reader(left);
    const auto empty = reader->presence();
    EXPECT_EQ(empty.state, Presence::State::Empty);
    bench.insert("Left", "one");
    const auto card = settled(*reader, Presence::State::Card);
    bench.pull("Left");
    settled(*reader, Presence::State::Empty);
    bench.insert("Left", "one");
    const auto again = settled(*reader, Presence::State::Card);
    EXPECT_NE(again.events, card.events) << "a card that went and came back was not seen";
}

TEST_F(PcscReaders, wakeForACardThatComesAndOneThatGoes) {
    const auto reader = watch.reader(left);
    const auto empty = reader->presence();
    auto awaited = std::async(std::launch::async, [&] { return reader->awaitChange(empty, Long); });
    bench.insert("Left", "one");
    const auto card = awaited.get();
    EXPECT_EQ(card.state, Presence::State::Card);
    awaited = std::async(std::launch::async, [&] { return reader->awaitChange(card, Long); });
    bench.pull("Left");
    EXPECT_EQ(awaited.get().state, Presence::State::Empty);
}

TEST_F(PcscReaders, wakeAtOnceForWhatHappenedBeforeTheWait) {
    const auto reader = watch.reader(left);
    const auto empty = reader->presence();
    bench.insert("Left", "one");
    EXPECT_EQ(reader->awaitChange(empty, Long).state, Presence::State::Card);
}

TEST_F(PcscReaders, stayAsleepWhileNothingHappens) {
    const auto reader = watch.reader(left);
    const auto empty = reader->presence();
    const auto before = Steady::now();
    EXPECT_EQ(reader->awaitChange(empty, 300ms), empty);
    EXPECT_GE(Steady::now() - before, 300ms);
}

TEST_F(PcscReaders, areWokenByAnInterruptionFromAnotherThread) {
    const auto reader = watch.reader(left);
    const auto empty = reader->presence();
    for (int round = 0; round < 50; ++round) {
        auto awaited =
            std::async(std::launch::async, [&] { return reader->awaitChange(empty, Long); });
        reader->interrupt();
        EXPECT_EQ(awaited.wait_for(Long / 2), std::future_status::ready) << round;
    }
}

TEST_F(PcscReaders, areWokenByAnInterruptionThatCameBeforeTheWait) {
    const auto reader = watch.reader(left);
    const auto empty = reader->presence();
    reader->interrupt();
    const auto before = Steady::now();
    EXPECT_EQ(reader->awaitChange(empty, Long), empty);
    EXPECT_LT(Steady::now() - before, Long / 2);
}

TEST_F(PcscReaders, areGoneWhenNobodyKnowsTheirName) {
    const auto reader = watch.reader(ReaderName{"Nobody 00 00"});
    const auto gone = reader->presence();
    EXPECT_EQ(gone.state, Presence::State::Gone);
    EXPECT_EQ(reader->awaitChange(gone, 100ms).state, Presence::State::Gone);
    failure(Fault::ReaderUnavailable, [&] { reader->connect(); });
}

std::ptrdiff_t openFiles() {
    namespace fs = std::filesystem;
    return std::distance(fs::directory_iterator{"/proc/self/fd"}, fs::directory_iterator{});
}

TEST_F(PcscReaders, saySoWhenTheServiceDiesAndGoOnWhenItIsBack) {
    watch.readers();
    const auto files = openFiles();
    for (const bool abruptly : {false, true}) {
        const auto reader = watch.reader(left);
        const auto known = reader->presence();
        watch.readers();
        bench.stopService(abruptly);
        const auto message = failure(Fault::ReaderUnavailable, [&] { watch.readers(); });
        EXPECT_THAT(message, HasSubstr("PC/SC service"));
        failure(Fault::ReaderUnavailable, [&] { reader->presence(); });
        failure(Fault::ReaderUnavailable, [&] { reader->awaitChange(known, Long); });
        bench.startService();
        EXPECT_THAT(watch.readers(), ElementsAre(left, ReaderName{"Right 01 00"}));
        EXPECT_EQ(reader->presence().state, Presence::State::Empty);
    }
    watch.readers();
    EXPECT_EQ(openFiles(), files) << "a line to the dead service was left open";
}

TEST_F(PcscReaders, areWokenWhenTheServiceDiesInTheMiddleOfAWait) {
    const auto reader = watch.reader(left);
    const auto empty = reader->presence();
    auto awaited = std::async(std::launch::async, [&] {
        return failure(Fault::ReaderUnavailable, [&] { reader->awaitChange(empty, Long); });
    });
    bench.stopService(true);
    EXPECT_EQ(awaited.wait_for(Long / 2), std::future_status::ready);
    bench.startService();
}

TEST_F(PcscReaders, letTheirWatchBeInterrupted) {
    watch.readers();
    auto awaited = std::async(std::launch::async, [&] { watch.awaitChange(Long); });
    watch.interrupt();
    EXPECT_EQ(awaited.wait_for(Long / 2), std::future_status::ready);
    watch.readers();
    const auto before = Steady::now();
    watch.awaitChange(200ms);
    EXPECT_GE(Steady::now() - before, 200ms);
}

}  // namespace
}  // namespace zegel::drivers
