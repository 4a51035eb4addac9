#include "station/authority/turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace zegel::station {
namespace {

using std::chrono::milliseconds;
constexpr std::chrono::minutes Long{1};

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
    auto held = turns.take(Long);
    std::mutex mutex;
    std::vector<std::size_t> served;
    {
        std::vector<std::jthread> others;
        for (std::size_t place = 0; place < 8; ++place) {
            others.emplace_back([&, place] {
                const auto turn = turns.take(Long);
                const std::lock_guard alone{mutex};
                if (turn) served.push_back(place);
            });
            while (turns.waiting() <= place)
                std::this_thread::yield();
        }
        held.reset();
    }
    EXPECT_THAT(served, ::testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(Turns, passByWhoGaveUp) {
    Turns turns{1};
    auto held = turns.take(Long);
    std::jthread patient;
    bool served = false;
    {
        const std::jthread impatient{[&] {
            patient = std::jthread{[&] { served = turns.take(Long) != nullptr; }};
            EXPECT_FALSE(turns.take(milliseconds{20}));
        }};
    }
    held.reset();
    patient.join();
    EXPECT_TRUE(served);
}

}  // namespace
}  // namespace zegel::station
