#include "tests/house/truths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::tests {
namespace {

using hwsim::ExchangeFault;
using station::OrderState;
using station::ReaderDecision;
using State = station::ReaderStatus::State;
using ::testing::HasSubstr;
using ::testing::Not;

const ReaderName Left{"Zegel Virtual Card Reader 00 00"};
const ReaderName Right{"Zegel Virtual Card Reader 01 00"};
const ReaderName Slot{"Zegel Virtual Token 00 00"};
constexpr const char* SetAside = "3 cards in a row failed here";

/// Readers that leave and come back, with their service or by themselves.
class ReadersComeAndGo : public ::testing::Test {
protected:
    std::shared_ptr<hwsim::PivChip> blank() {
        chips.push_back(hwsim::blankPivChip("5.7", ++serial_));
        return chips.back();
    }
    bool says(const ReaderName& reader, const std::string& words) {
        return house.await(
            [&] { return house.statusOf(reader).message.find(words) != std::string::npos; });
    }
    bool isState(const ReaderName& reader, State state) {
        return house.await([&] { return house.statusOf(reader).state == state; });
    }
    bool isProduced(const OrderId& order) {
        return house.await([&] { return house.stateOf(order) == OrderState::Produced; });
    }
    void decide(const ReaderName& reader, ReaderDecision::Act act,
                const std::optional<BatchId>& batch = {}) {
        const auto id = "D" + std::to_string(++decisions_);
        house.ledger->decide(ReaderDecision{id, reader, act, batch, "me", "a reason"}, {reader});
        house.ring();
    }
    void expectNothingInHand(const ReaderName& reader) {
        EXPECT_EQ(house.statusOf(reader).order, std::nullopt) << reader.value();
        EXPECT_EQ(house.statusOf(reader).chip, std::nullopt) << reader.value();
    }

    /// Another token is plugged in, and out again after its keys were made.
    void loseToken() {
        house.bench.addReader(Slot);
        house.bench.arm(Slot, {ExchangeFault::Kind::ReaderGone, 30});
        house.bench.insert(Slot, blank());
        ASSERT_TRUE(house.await([&] { return house.bench.takePulled(Slot) != nullptr; }));
        ASSERT_TRUE(isState(Slot, State::Gone)) << house.statusOf(Slot).message;
        expectNothingInHand(Slot);
    }
    void makeOnToken(const OrderId& order) {
        house.bench.addReader(Slot);
        house.bench.insert(Slot, blank());
        ASSERT_TRUE(isProduced(order)) << house.statusOf(Slot).message;
        ASSERT_TRUE(isState(Slot, State::Done));
        house.bench.removeReader(Slot);
        ASSERT_TRUE(isState(Slot, State::Gone));
    }

    House house;
    std::vector<std::shared_ptr<hwsim::PivChip>> chips;

private:
    std::uint32_t serial_ = 0x00B30000;
    int decisions_ = 0;
};

TEST_F(ReadersComeAndGo, threeTokensInARowThatAreLostInOnePlaceSetItAside) {
    house.startLine();
    const auto first = house.accept("group-token-p256");
    for (int lost = 0; lost < 2; ++lost)
        ASSERT_NO_FATAL_FAILURE(loseToken());
    ASSERT_NO_FATAL_FAILURE(makeOnToken(first));

    const auto order = house.accept("group-token-p256");
    for (int lost = 0; lost < 3; ++lost) {
        ASSERT_EQ(house.ledger->readerRule(Slot).setAside, "")
            << "one was made since, or a few lost";
        ASSERT_NO_FATAL_FAILURE(loseToken());
    }
    house.bench.addReader(Slot);
    house.bench.insert(Slot, blank());
    ASSERT_TRUE(says(Slot, "no card put in since was touched")) << house.statusOf(Slot).message;
    EXPECT_THAT(house.statusOf(Slot).message, HasSubstr(SetAside));
    EXPECT_EQ(chips.back()->changes(), 0U);

    decide(Slot, ReaderDecision::Act::Resume);
    ASSERT_TRUE(isProduced(order));
    EXPECT_EQ(expectTruths(house, chips), 2);
}

TEST_F(ReadersComeAndGo, aServiceThatDiesUnderBusyReadersIsHeldAgainstNoneOfThem) {
    const auto one = house.accept();
    const auto other = house.accept();
    for (const auto& reader : {Left, Right}) {
        house.bench.addReader(reader);
        house.bench.insert(reader, blank());
    }
    // Each falls amid keys and certificates, the later ones after the reset of what was spoiled.
    for (const std::uint64_t exchange : {30U, 90U, 150U})
        house.bench.arm(Left, {ExchangeFault::Kind::ServiceGone, exchange});
    house.startLine();
    for (const std::size_t left : {2U, 1U, 0U}) {
        ASSERT_TRUE(house.await([&] { return house.bench.faultsPending(Left) == left; }));
        for (const auto& reader : {Left, Right}) {
            ASSERT_TRUE(isState(reader, State::Paused)) << house.statusOf(reader).message;
            expectNothingInHand(reader);
        }
        house.bench.startService();
    }
    ASSERT_TRUE(isProduced(one)) << house.statusOf(Left).message;
    ASSERT_TRUE(isProduced(other)) << house.statusOf(Right).message;
    EXPECT_THAT(house.told(), Not(::testing::Contains(HasSubstr(SetAside))));
    EXPECT_EQ(expectTruths(house, chips), 2);
}

TEST_F(ReadersComeAndGo, aMuteCardIsToldAsWhatIsSeenAndCountsAnewAfterAResume) {
    const auto mute = [&] {
        house.bench.setMute(Left, true);
        house.bench.insert(Left, blank());
    };
    const auto threeAreMute = [&](int sofar) {
        for (int card = sofar; card < 3; ++card) {
            mute();
            ASSERT_TRUE(says(Left, "the card does not answer")) << house.statusOf(Left).message;
            house.bench.pull(Left);
            ASSERT_TRUE(says(Left, card < 2 ? "put in a blank card" : SetAside));
        }
    };
    house.bench.addReader(Left);
    const auto order = house.accept();
    house.startLine();
    ASSERT_NO_FATAL_FAILURE(threeAreMute(0));
    mute();
    ASSERT_TRUE(says(Left, "no card put in since was touched")) << house.statusOf(Left).message;
    decide(Left, ReaderDecision::Act::Resume);
    ASSERT_TRUE(house.await([&] {
        return house.statusOf(Left).message.starts_with("the card does not answer");
    })) << house.statusOf(Left).message;
    house.bench.pull(Left);
    ASSERT_TRUE(says(Left, "put in a blank card"));
    ASSERT_NO_FATAL_FAILURE(threeAreMute(1));

    decide(Left, ReaderDecision::Act::Resume);
    house.bench.insert(Left, blank());
    ASSERT_TRUE(isProduced(order));
}

TEST_F(ReadersComeAndGo, twinsThatArePluggedInInAnotherOrderKeepToTheBatchOfTheirName) {
    const auto ofLeft = house.accept();
    const auto ofRight = house.accept();
    for (const auto& reader : {Left, Right})
        house.bench.addReader(reader);
    decide(Left, ReaderDecision::Act::Bind, house.entry(ofLeft).order.batch);
    decide(Right, ReaderDecision::Act::Bind, house.entry(ofRight).order.batch);
    house.startLine();
    for (const auto& reader : {Left, Right}) {
        ASSERT_TRUE(says(reader, "put in a blank card for batch"));
        house.bench.removeReader(reader);
        ASSERT_TRUE(isState(reader, State::Gone));
    }
    house.bench.addReader(Right);
    house.bench.insert(Right, blank());
    ASSERT_TRUE(isProduced(ofRight)) << "the order that waits longest is not for this one";
    ASSERT_TRUE(isState(Right, State::Done));
    house.bench.pull(Right);
    house.bench.insert(Right, blank());
    ASSERT_TRUE(says(Right, "no order of batch " + house.entry(ofRight).order.batch.value()));
    EXPECT_EQ(house.stateOf(ofLeft), OrderState::Queued);

    house.bench.addReader(Left);
    house.bench.insert(Left, blank());
    ASSERT_TRUE(isProduced(ofLeft));
    EXPECT_EQ(expectTruths(house, chips), 2);
}

}  // namespace
}  // namespace zegel::tests
