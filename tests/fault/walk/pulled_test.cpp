#include "tests/house/truths.h"

#include <gtest/gtest.h>

namespace zegel::tests {
namespace {

using hwsim::ExchangeFault;
using station::OrderState;

const ReaderName Desk{"Zegel Virtual Card Reader 00 00"};

enum class Then { SameCardComesBack, AnotherBlankComes };

using Sweep = std::tuple<ExchangeFault::Kind, Then>;

class PulledAtEveryExchange : public ::testing::TestWithParam<Sweep> {};

/// One walk with the card pulled at exchange n; false when the walk has fewer exchanges.
bool walkPulledAt(House& house, std::uint64_t n, ExchangeFault::Kind kind, Then then,
                  std::uint32_t& serial) {
    std::vector<std::shared_ptr<hwsim::PivChip>> chips{hwsim::blankPivChip("5.7", ++serial)};
    house.bench.arm(Desk, {kind, n, 0});
    const auto order = house.accept();
    house.bench.insert(Desk, chips.front());
    const auto produced = [&] { return house.stateOf(order) == OrderState::Produced; };
    const auto pulled = [&] { return house.bench.faultsPending(Desk) == 0; };
    EXPECT_TRUE(house.await([&] { return produced() || pulled(); }));
    if (!pulled()) {
        house.bench.disarm(Desk);
        house.bench.pull(Desk);
        EXPECT_EQ(expectTruths(house, chips), 1);
        return false;
    }
    // The pull ends the walk, or meets a card that is finished and only looked at again.
    EXPECT_TRUE(
        house.await([&] { return house.stateOf(order) == OrderState::Queued || produced(); }));
    const auto back = house.bench.takePulled(Desk);
    if (then == Then::AnotherBlankComes) chips.push_back(hwsim::blankPivChip("5.7", ++serial));
    if (!produced()) {
        house.bench.insert(Desk, then == Then::SameCardComesBack ? back : chips.back());
    }
    EXPECT_TRUE(house.await(produced)) << "order " << order.value() << " pulled at " << n;
    EXPECT_EQ(expectTruths(house, chips), 1);
    house.bench.pull(Desk);
    return true;
}

TEST_P(PulledAtEveryExchange, theTruthsHoldAndTheOrderIsMade) {
    const auto [kind, then] = GetParam();
    House house;
    house.bench.addReader(Desk);
    house.startLine();
    std::uint32_t serial = 0x00B00000;
    std::uint64_t n = 1;
    while (walkPulledAt(house, n, kind, then, serial)) {
        SCOPED_TRACE("pulled at exchange " + std::to_string(n));
        if (::testing::Test::HasFailure()) {
            for (const auto& line : house.told())
                std::cerr << line << '\n';
            FAIL() << "at exchange " << n;
        }
        ++n;
        ASSERT_LT(n, 500U) << "a walk never gets through";
    }
    EXPECT_GT(n, 30U) << "the sweep ended before a walk's length";
    std::cout << "[   SWEPT  ] " << n - 1 << " exchanges\n";
}

std::string nameOf(const ::testing::TestParamInfo<Sweep>& given) {
    const auto [kind, then] = given.param;
    const std::string pulled = kind == ExchangeFault::Kind::PullBefore ? "before" : "after";
    return pulled + (then == Then::SameCardComesBack ? "_sameCardComesBack" : "_anotherBlankComes");
}

INSTANTIATE_TEST_SUITE_P(Walk, PulledAtEveryExchange,
                         ::testing::Combine(::testing::Values(ExchangeFault::Kind::PullBefore,
                                                              ExchangeFault::Kind::PullAfter),
                                            ::testing::Values(Then::SameCardComesBack,
                                                              Then::AnotherBlankComes)),
                         nameOf);

}  // namespace
}  // namespace zegel::tests
