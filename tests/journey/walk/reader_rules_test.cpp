#include "tests/house/truths.h"

#include <gtest/gtest.h>

namespace zegel::tests {
namespace {

using station::OrderState;
using station::ReaderDecision;
using station::ReaderStatus;

const ReaderName Desk{"Zegel Virtual Card Reader 00 00"};

class ReaderRules : public ::testing::Test {
protected:
    ReaderRules() { house.bench.addReader(Desk); }

    void insertBlank() {
        chips.push_back(hwsim::blankPivChip("5.7", ++serial_));
        house.bench.insert(Desk, chips.back());
    }
    bool says(const std::string& words) {
        return house.await(
            [&] { return house.statusOf(Desk).message.find(words) != std::string::npos; });
    }
    void decide(const std::string& id, ReaderDecision::Act act,
                const std::optional<BatchId>& batch = {}) {
        house.ledger->decide(ReaderDecision{id, Desk, act, batch, "me", "a reason"}, {Desk});
        house.ring();
    }

    House house;
    std::vector<std::shared_ptr<hwsim::PivChip>> chips;

private:
    std::uint32_t serial_ = 0x00B20000;
};

TEST_F(ReaderRules, aReaderThatFailsThreeCardsInARowIsSetAsideUntilAPersonResumesIt) {
    const auto order = house.accept();
    for (int card = 0; card < 3; ++card) {
        house.bench.arm(Desk, {hwsim::ExchangeFault::Kind::Status, 25, 0x6F00});
        insertBlank();
        if (card == 0) house.startLine();
        ASSERT_TRUE(says("the chip refused")) << house.statusOf(Desk).message;
        ASSERT_TRUE(house.await(
            [&] { return house.statusOf(Desk).state == ReaderStatus::State::Attention; }));
        house.bench.disarm(Desk);
        house.bench.pull(Desk);
        ASSERT_TRUE(says(card < 2 ? "put in a blank card" : "3 cards in a row failed here"));
    }
    EXPECT_EQ(house.statusOf(Desk).state, ReaderStatus::State::Attention)
        << "it calls for a person, also while it is empty";
    EXPECT_EQ(house.stateOf(order), OrderState::Queued) << "bad cards never cost the order";
    insertBlank();
    ASSERT_TRUE(says("no card put in since was touched"));
    EXPECT_EQ(chips.back()->changes(), 0U) << "no card is touched in a reader that is set aside";

    decide("D1", ReaderDecision::Act::Resume);
    ASSERT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; }));
    EXPECT_EQ(expectTruths(house, chips), 1);
}

/// How a reader with a bad contact, or a bad cable, lets go of a card.
class ReaderThatLosesCards : public ReaderRules,
                             public ::testing::WithParamInterface<hwsim::ExchangeFault::Kind> {};

TEST_P(ReaderThatLosesCards, isSetAsideWhenItLostThreeInARowThatWereChangedAlready) {
    const auto order = house.accept();
    // Each falls amid keys and certificates, the later ones after the reset of what was spoiled.
    for (const std::uint64_t exchange : {30, 90, 150})
        house.bench.arm(Desk, {GetParam(), exchange});
    insertBlank();
    house.startLine();
    for (const std::size_t left : {2, 1, 0}) {
        ASSERT_TRUE(house.await([&] { return house.bench.faultsPending(Desk) <= left; }));
        if (const auto pulled = house.bench.takePulled(Desk)) house.bench.insert(Desk, pulled);
    }
    ASSERT_TRUE(says("3 cards in a row failed here")) << house.statusOf(Desk).message;
    EXPECT_EQ(house.statusOf(Desk).state, ReaderStatus::State::Attention);
    const std::string why = GetParam() == hwsim::ExchangeFault::Kind::TimedOut
                                ? "did not answer in time"
                                : "left reader";
    ASSERT_TRUE(says(why)) << house.statusOf(Desk).message;
    EXPECT_EQ(house.stateOf(order), OrderState::Queued) << "a bad reader never costs the order";

    decide("D1", ReaderDecision::Act::Resume);
    ASSERT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; }));
    EXPECT_EQ(expectTruths(house, chips), 1);
}

INSTANTIATE_TEST_SUITE_P(Ways, ReaderThatLosesCards,
                         ::testing::Values(hwsim::ExchangeFault::Kind::PullBefore,
                                           hwsim::ExchangeFault::Kind::TimedOut),
                         [](const auto& given) {
                             return given.param == hwsim::ExchangeFault::Kind::TimedOut
                                        ? "timedOut"
                                        : "contactLost";
                         });

TEST_F(ReaderRules, cardsThatArePulledBeforeAnythingWasChangedAreNotHeldAgainstTheReader) {
    const auto order = house.accept();
    for (const std::uint64_t onlyMet : {3, 6, 9, 12})
        house.bench.arm(Desk, {hwsim::ExchangeFault::Kind::PullBefore, onlyMet});
    insertBlank();
    house.startLine();
    for (const std::size_t left : {3, 2, 1, 0}) {
        ASSERT_TRUE(house.await([&] { return house.bench.faultsPending(Desk) == left; }));
        ASSERT_EQ(chips.back()->changes(), 0U);
        house.bench.insert(Desk, house.bench.takePulled(Desk));
    }
    ASSERT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; }));
}

TEST_F(ReaderRules, aReaderBoundToABatchMakesNoOther) {
    const auto other = house.accept();
    const auto bound = house.accept();
    decide("D1", ReaderDecision::Act::Bind, house.entry(bound).order.batch);
    insertBlank();
    house.startLine();
    ASSERT_TRUE(house.await([&] { return house.stateOf(bound) == OrderState::Produced; }));
    ASSERT_TRUE(says("take the card out"));
    house.bench.pull(Desk);
    insertBlank();
    ASSERT_TRUE(says("no order of batch"));
    EXPECT_EQ(house.stateOf(other), OrderState::Queued);
    decide("D2", ReaderDecision::Act::Free);
    ASSERT_TRUE(house.await([&] { return house.stateOf(other) == OrderState::Produced; }));
}

TEST_F(ReaderRules, anEmptyReaderSaysWhetherAnOrderWaitsForACardInIt) {
    house.startLine();
    ASSERT_TRUE(says("no order waits for a card here"));
    const auto stick = house.accept("group-token-p256");
    const auto order = house.accept();
    house.ring();
    ASSERT_TRUE(says("put in a blank card"));
    decide("D1", ReaderDecision::Act::Bind, house.entry(order).order.batch);
    ASSERT_TRUE(says("put in a blank card for batch " + house.entry(order).order.batch.value()));
    house.ledger->decide({"D2", order, station::Decision::Act::Hold, "me", "a reason"});
    ASSERT_TRUE(says("no order of batch")) << "nobody rang";
    decide("D3", ReaderDecision::Act::Bind, house.entry(stick).order.batch);
    ASSERT_TRUE(says("no order of batch " + house.entry(stick).order.batch.value()))
        << "that order is for a token";
}

TEST_F(ReaderRules, aFinishedCardThatIsStillInAfterARestartGoesToDispatch) {
    const auto order = house.accept();
    insertBlank();
    house.startLine();
    ASSERT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; }));
    house.stopLine();
    const auto next = house.accept();
    house.startLine();
    ASSERT_TRUE(says("this is the finished card of order " + order.value()));
    const auto shown = house.statusOf(Desk);
    EXPECT_EQ(shown.state, ReaderStatus::State::Done) << "nothing is wrong with it";
    EXPECT_EQ(shown.order, order);
    EXPECT_TRUE(shown.message.ends_with("take it out, it goes to dispatch")) << shown.message;
    house.bench.pull(Desk);
    insertBlank();
    ASSERT_TRUE(house.await([&] { return house.stateOf(next) == OrderState::Produced; }));
    EXPECT_EQ(expectTruths(house, chips), 2);
}

TEST_F(ReaderRules, aCardThatWasPulledIsAskedForUntilAnotherIsIn) {
    const auto order = house.accept();
    house.bench.arm(Desk, {hwsim::ExchangeFault::Kind::PullBefore, 25});
    insertBlank();
    house.startLine();
    ASSERT_TRUE(says("the card was taken out before order " + order.value() + " was made"));
    EXPECT_EQ(house.statusOf(Desk).state, ReaderStatus::State::Empty);
    house.bench.disarm(Desk);
    insertBlank();
    ASSERT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; }));
    EXPECT_EQ(expectTruths(house, chips), 1);
}

}  // namespace
}  // namespace zegel::tests
