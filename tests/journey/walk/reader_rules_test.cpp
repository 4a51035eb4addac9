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
        ASSERT_TRUE(says("put in a blank card"));
    }
    EXPECT_EQ(house.stateOf(order), OrderState::Queued) << "bad cards never cost the order";
    insertBlank();
    ASSERT_TRUE(says("3 cards in a row failed here"));
    EXPECT_EQ(chips.back()->changes(), 0U) << "no card is touched in a reader that is set aside";

    decide("D1", ReaderDecision::Act::Resume);
    ASSERT_TRUE(house.await([&] { return house.stateOf(order) == OrderState::Produced; }));
    EXPECT_EQ(expectTruths(house, chips), 1);
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

}  // namespace
}  // namespace zegel::tests
