#include "station/authority/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <iterator>
#include <thread>
#include <vector>

namespace zegel::station {
namespace {

using std::chrono::milliseconds;
constexpr std::chrono::minutes Long{1};

/// False when that many do not come to wait.
bool comeToWait(Turns& turns, std::size_t count) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (turns.waiting() != count) {
        if (std::chrono::steady_clock::now() > latest) return false;
        std::this_thread::yield();
    }
    return true;
}

TEST(Turns, areNotMoreAtOnceThanThereAre) {
    Turns turns{2};
    const auto first = turns.take(Long);
    auto second = turns.take(Long);
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(turns.take(milliseconds{1}));
    EXPECT_EQ(turns.waiting(), 0U) << "who gave up waits no more";
    second.reset();
    EXPECT_TRUE(turns.take(Long));
}

TEST(Turns, goToWhoCameFirst) {
    Turns turns{1};
    std::mutex mutex;
    std::vector<std::size_t> served;
    {
        std::vector<std::jthread> others;
        auto held = turns.take(Long);
        for (std::size_t place = 0; place < 8; ++place) {
            others.emplace_back([&, place] {
                const auto turn = turns.take(Long);
                const std::lock_guard alone{mutex};
                if (turn) served.push_back(place);
            });
            ASSERT_TRUE(comeToWait(turns, place + 1));
        }
    }
    EXPECT_THAT(served, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(Turns, goToThoseAtTheFrontFirstInTheirOrder) {
    using enum Turns::Place;
    constexpr Turns::Place Places[]{Back, Back, Front, Front, Back, Front};
    Turns turns{1};
    auto held = turns.take(Long);
    std::mutex mutex;
    std::vector<std::size_t> served;
    {
        std::vector<std::jthread> others;
        for (std::size_t at = 0; at < std::size(Places); ++at) {
            others.emplace_back([&, at] {
                const auto turn = turns.take(Long, Places[at]);
                const std::lock_guard alone{mutex};
                if (turn) served.push_back(at);
            });
            while (turns.waiting() <= at)
                std::this_thread::yield();
        }
        held.reset();
    }
    EXPECT_THAT(served, ::testing::ElementsAre(2, 3, 5, 0, 1, 4));
}

TEST(Turns, areNotWaitedForOnceTheyAreGivenUp) {
    Turns turns{1};
    auto held = turns.take(Long);
    std::atomic<bool> stops{false};
    std::jthread other{[&] {
        EXPECT_FALSE(
            turns.take(std::chrono::hours{1}, Turns::Place::Front, [&] { return stops.load(); }));
    }};
    while (turns.waiting() == 0)
        std::this_thread::yield();
    stops = true;
    other.join();
    EXPECT_EQ(turns.waiting(), 0U);
    held.reset();
    EXPECT_TRUE(turns.take(Long, Turns::Place::Back, [] { return true; })) << "one is free";
}

TEST(Turns, passByWhoGaveUp) {
    Turns turns{1};
    bool gaveUp = false;
    bool served = false;
    std::jthread impatient;
    std::jthread patient;
    auto held = turns.take(Long);
    impatient = std::jthread{[&] { gaveUp = turns.take(std::chrono::seconds{2}) == nullptr; }};
    ASSERT_TRUE(comeToWait(turns, 1));
    patient = std::jthread{[&] { served = turns.take(Long) != nullptr; }};
    ASSERT_TRUE(comeToWait(turns, 2));
    impatient.join();
    EXPECT_TRUE(gaveUp);
    EXPECT_EQ(turns.waiting(), 1U);
    held.reset();
    patient.join();
    EXPECT_TRUE(served);
}

}  // namespace
}  // namespace zegel::station
