#include "drivers/base/hex.h"
#include "station/desk/revoker.h"
#include "tests/house/truths.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace zegel::tests {
namespace {

using station::OrderState;
using station::ReaderStatus;

const ReaderName Desk{"Zegel Virtual Card Reader 00 00"};

class AuthorityTrouble : public ::testing::Test {
protected:
    AuthorityTrouble() {
        house.bench.addReader(Desk);
        chips.push_back(hwsim::blankPivChip("5.7", 0x00B10000));
        house.bench.insert(Desk, chips.back());
    }
    void misbehave(hwsim::Mischief mischief, int times = 0) {
        house.authorityServer->misbehave({{0, {}, times, 0}, mischief});
    }
    bool becomes(const OrderId& order, OrderState state) {
        return house.await([&] { return house.stateOf(order) == state; });
    }
    /// The line came back from so many pauses to ask whether the CA is well.
    bool waits() {
        return house.await([&] {
            return house.statusOf(Desk).message.find("the CA is waited for") != std::string::npos;
        });
    }
    std::string numberOf(const OrderId& order) { return house.entry(order).number->value(); }

    House house;
    std::vector<std::shared_ptr<hwsim::PivChip>> chips;
};

TEST_F(AuthorityTrouble, aCaThatNobodyReachesLeavesNoDoubtAndCostsNoNumber) {
    const auto order = house.accept();
    house.stopAuthority();
    house.startLine();
    ASSERT_TRUE(waits());
    EXPECT_TRUE(house.ledger->certificatesInDoubt().empty());
    EXPECT_EQ(house.entry(order).attempts, 1) << "one card was tried, and no other since";
    house.startAuthority();
    ASSERT_TRUE(becomes(order, OrderState::Produced));
    EXPECT_NE(numberOf(order).find("-000001-"), std::string::npos) << numberOf(order);
    EXPECT_EQ(expectTruths(house, chips), 1);
}

TEST_F(AuthorityTrouble, aCaThatIsNotBelievedCostsOneCardHoweverLongItLasts) {
    for (const auto mischief :
         {hwsim::Mischief::Garbage, hwsim::Mischief::ExpiredSigner, hwsim::Mischief::Unavailable}) {
        SCOPED_TRACE(hwsim::AuthorityMischief.nameOf(mischief));
        const auto order = house.accept();
        misbehave(mischief);
        house.startLine();
        ASSERT_TRUE(waits());
        EXPECT_EQ(house.entry(order).attempts, 1);
        house.stopAuthority();
        house.startAuthority();  // well again, and with a signer that is valid
        ASSERT_TRUE(becomes(order, OrderState::Produced));
        EXPECT_EQ(house.entry(order).attempts, 2);
        house.stopLine();
        EXPECT_EQ(expectTruths(house, chips), static_cast<int>(chips.size()));
        house.bench.pull(Desk);
        chips.push_back(
            hwsim::blankPivChip("5.7", 0x00B10000 + static_cast<std::uint32_t>(chips.size())));
        house.bench.insert(Desk, chips.back());
    }
}

TEST_F(AuthorityTrouble, anOrderWhoseAnswersAreLostAgainAndAgainIsHeldForAPerson) {
    const auto order = house.accept();
    misbehave(hwsim::Mischief::LostAnswer);
    house.startLine();
    ASSERT_TRUE(becomes(order, OrderState::OnHold));
    EXPECT_EQ(house.entry(order).attempts, 3);
    const auto reason = house.entry(order).reason;
    for (const auto* word : {"3 times", "zegel order release", "the CA"})
        EXPECT_NE(reason.find(word), std::string::npos) << reason;
    misbehave(hwsim::Mischief::None);
    house.ledger->decide({"D1", order, station::Decision::Act::Release, "me", "the CA is well"});
    ASSERT_TRUE(becomes(order, OrderState::Produced));
    EXPECT_NE(numberOf(order).find("-000004-"), std::string::npos) << numberOf(order);
    EXPECT_EQ(expectTruths(house, chips), 1);
}

class Doubt : public AuthorityTrouble {
protected:
    /// Three certificates that the CA issued and nobody heard of.
    void loseAnswers() {
        const auto order = house.accept();
        misbehave(hwsim::Mischief::LostAnswer);
        house.startLine();
        ASSERT_TRUE(becomes(order, OrderState::OnHold));
        house.stopLine();
        ASSERT_EQ(house.ledger->certificatesInDoubt().size(), 9U);
    }
    struct StandingClock final : Clock {
        TimePoint now() const override { return time; }
        TimePoint time = SystemClock{}.now();
    } clock;
    station::Revoker revoker{*house.ledger, *house.authority, house.profiles, clock,
                             [](const std::string&) {}};
    station::PatientAuthority patient{*house.authority, clock};
    /// As in the station, with pauses.
    station::Revoker patientRevoker{*house.ledger, patient, house.profiles, clock,
                                    [](const std::string&) {}};
};

TEST_F(Doubt, isAskedLessAndLessOftenWhenTheCaRefusesAndStaysInSight) {
    loseAnswers();
    misbehave(hwsim::Mischief::Refuse);
    EXPECT_EQ(revoker.round(), 9U);
    ASSERT_EQ(revoker.open().size(), 9U);
    const auto first = revoker.open().front();
    EXPECT_EQ(first.kind, station::OpenMatter::Kind::InDoubt);
    EXPECT_EQ(first.refusals, 1);
    EXPECT_EQ(first.nextTry, clock.time + std::chrono::seconds{10});
    EXPECT_EQ(first.reference.size(), 32U);
    EXPECT_NE(first.said.find("not registered here"), std::string::npos) << first.said;

    EXPECT_EQ(revoker.round(), 9U);
    EXPECT_EQ(revoker.open().front().refusals, 1) << "it is not due yet";
    clock.time += std::chrono::seconds{10};
    EXPECT_EQ(revoker.round(), 9U);
    EXPECT_EQ(revoker.open().front().refusals, 2);
    EXPECT_EQ(revoker.open().front().nextTry, clock.time + std::chrono::seconds{20});

    misbehave(hwsim::Mischief::None);
    clock.time += std::chrono::seconds{20};
    EXPECT_EQ(revoker.round(), 0U);
    EXPECT_TRUE(house.validAtAuthority().empty());
    EXPECT_EQ(expectTruths(house, chips), 0);
}

TEST_F(Doubt, isRevokedByTheSerialThatAPersonFound) {
    loseAnswers();
    misbehave(hwsim::Mischief::Refuse);
    auto doubts = house.ledger->certificatesInDoubt();
    const auto issued = house.validAtAuthority();
    ASSERT_EQ(issued.size(), doubts.size());
    for (std::size_t at = 0; at < doubts.size(); ++at) {
        house.ledger->settleDoubt({"v" + std::to_string(at), toHex(doubts[at].transaction),
                                   issued[at], "me", "found in the CA's list"});
    }
    misbehave(hwsim::Mischief::None);
    EXPECT_EQ(revoker.round(), 0U);
    EXPECT_TRUE(house.validAtAuthority().empty());
    EXPECT_EQ(expectTruths(house, chips), 0);
}

TEST_F(Doubt, thatTheCaCannotTellHoldsUpNoOtherAndNoCard) {
    loseAnswers();
    house.authorityServer->misbehave({{0, {}, 1, 0}, hwsim::Mischief::SystemFailure});
    EXPECT_EQ(patientRevoker.round(), 1U) << "the first one";
    const auto left = patientRevoker.open().front();
    EXPECT_NE(left.said.find("in trouble"), std::string::npos) << left.said;
    EXPECT_EQ(left.refusals, 0) << "the CA never said no";
    EXPECT_EQ(left.nextTry, clock.time + std::chrono::seconds{10});
    EXPECT_FALSE(patient.condition().isWaitedFor) << "production goes on";
    EXPECT_EQ(patientRevoker.round(), 1U) << "not due yet";
    clock.time += std::chrono::seconds{10};
    EXPECT_EQ(patientRevoker.round(), 0U);
    EXPECT_TRUE(house.validAtAuthority().empty());
    EXPECT_EQ(expectTruths(house, chips), 0);
}

TEST_F(Doubt, waitsAsAWholeForACaThatIsAway) {
    loseAnswers();
    misbehave(hwsim::Mischief::Unavailable);
    EXPECT_EQ(patientRevoker.round(), 9U);
    const auto open = patientRevoker.open();
    EXPECT_EQ(std::ranges::count_if(open, [](const auto& each) { return !each.said.empty(); }), 1)
        << "the first one showed that the CA is away";
    EXPECT_EQ(open.front().nextTry, std::nullopt) << "it waits for the CA, not by itself";
    EXPECT_TRUE(patient.condition().isWaitedFor);
    EXPECT_FALSE(patient.isDue());
    misbehave(hwsim::Mischief::None);
    EXPECT_EQ(patientRevoker.round(), 9U) << "not due yet";
    clock.time += std::chrono::seconds{5};
    EXPECT_EQ(patientRevoker.round(), 0U);
    EXPECT_TRUE(house.validAtAuthority().empty());
    EXPECT_EQ(expectTruths(house, chips), 0);
}

TEST_F(Doubt, isLeftWhenTheStationStops) {
    loseAnswers();
    misbehave(hwsim::Mischief::None);
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_EQ(revoker.round(stopped.get_token()), 9U);
    EXPECT_EQ(house.validAtAuthority().size(), 9U) << "nothing was asked any more";
    EXPECT_EQ(revoker.round(), 0U);
}

}  // namespace
}  // namespace zegel::tests
