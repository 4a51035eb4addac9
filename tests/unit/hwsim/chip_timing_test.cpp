#include "hwsim/chips/chip_timing.h"

#include "drivers/base/failure.h"
#include "hwsim/chips/piv_chip.h"

#include <gtest/gtest.h>

namespace zegel::hwsim {
namespace {

using namespace std::chrono_literals;

Bytes generate(std::uint8_t algorithm) {
    return {0x00, 0x47, 0x00, 0x9A, 0x05, 0xAC, 0x03, 0x80, 0x01, algorithm, 0x00};
}

TEST(ChipTiming, takesTheLineSpeedAndTheMedianOfMakingAKey) {
    const auto timing = ChipTiming::named("typical");
    EXPECT_EQ(timing.takes(Bytes(200), 60), 10ms) << "260 octets at 26 kB/s";
    // crocs-muni/jcalgtest_results, medians.
    const auto line = timing.takes(Bytes(11), 0);
    EXPECT_EQ(timing.takes(generate(0x11), 0) - line, 157ms);
    EXPECT_EQ(timing.takes(generate(0x14), 0) - line, 315ms);
    EXPECT_EQ(timing.takes(generate(0x07), 0) - line, 10s);
    EXPECT_EQ(timing.takes(generate(0x05), 0) - line, 26'900ms);
    EXPECT_EQ(timing.takes(generate(0x16), 0) - line, 56'800ms);
    const Bytes extended{0x00, 0x47, 0x00, 0x9A, 0x00, 0x00, 0x05,
                         0xAC, 0x03, 0x80, 0x01, 0x11, 0x00, 0x00};
    EXPECT_EQ(timing.takes(extended, 0) - timing.takes(Bytes(14), 0), 157ms);
    EXPECT_EQ(timing.takes(generate(0x99), 0), line) << "an algorithm that no chip has";
    EXPECT_EQ(timing.takes(Bytes{0x00, 0x47}, 0), 76us) << "a command that is cut short";
}

TEST(ChipTiming, isNoneOrTypical) {
    EXPECT_TRUE(ChipTiming::named("none").none());
    EXPECT_EQ(ChipTiming::named("none").takes(generate(0x16), 1000), 0us);
    EXPECT_THROW(ChipTiming::named("fast"), Failure);
}

TEST(ChipTiming, changesNothingButTheTime) {
    const auto plain = blankPivChip("5.7", 7);
    const auto slow = takingItsTime(plain, ChipTiming::named("typical"));
    EXPECT_NE(slow, plain);
    EXPECT_EQ(takingItsTime(plain, ChipTiming::named("none")), plain);
    EXPECT_EQ(slow->serial(), plain->serial());
    EXPECT_EQ(slow->atr(), plain->atr());
    slow->powerOn();
    const Bytes select{0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08, 0x00};
    const auto before = std::chrono::steady_clock::now();
    const auto answer = slow->exchange(select);
    EXPECT_GE(std::chrono::steady_clock::now() - before,
              ChipTiming::named("typical").takes(select, answer.size()));
    EXPECT_EQ(answer, plain->exchange(select));
    EXPECT_EQ(slow->changes(), plain->changes());
}

}  // namespace
}  // namespace zegel::hwsim
