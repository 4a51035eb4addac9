#include "station/ledger/approval_book.h"

#include "station/ledger/dispatch_book.h"
#include "station/ledger/letter_book.h"
#include "tests/unit/ledger/issued_card.h"

#include <gmock/gmock.h>

namespace zegel::station {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;

const Person Ada{"Ada", "sha256:aa"};
const Person Bram{"Bram", "sha256:bb"};

class Approvals : public IssuedCards {
protected:
    Approvals() : claim_(card("O1")) {}

    static ApprovalWish wish(const std::string& id = "A-1") {
        return {id,
                "revoke-card",
                "O1",
                "keyCompromise",
                Ada,
                "lost, says he by phone",
                std::chrono::hours{24}};
    }
    Approval ask(const ApprovalWish& wished) { return ledger_->approvals().ask(wished); }
    Approval grant(const Person& second, const std::string& id = "G-1") {
        return ledger_->approvals().answer({id, "A-1", true, second, "I spoke with him too"});
    }
    std::string refusalOfGrant(const Person& second, const std::string& id = "G-1") {
        return refusalOf([&] { grant(second, id); });
    }
    ApprovalState state() { return ledger_->approvals().approval("A-1")->state; }

    Claim claim_;
};

TEST_F(Approvals, doTheActWithTheSecondPersonsYesAndNotBefore) {
    const auto asked = ask(wish());
    EXPECT_EQ(asked.state, ApprovalState::Open);
    EXPECT_EQ(asked.expires, clock_.now() + std::chrono::hours{24});
    EXPECT_EQ(stateOf(claim_), CardState::Proved);
    EXPECT_TRUE(ledger_->revocationsWanted().empty());

    const auto granted = grant(Bram);
    EXPECT_EQ(granted.state, ApprovalState::Granted);
    EXPECT_EQ(granted.second, Bram);
    EXPECT_EQ(stateOf(claim_), CardState::Revoked);
    ASSERT_EQ(ledger_->revocationsWanted().size(), 2U);
    EXPECT_EQ(ledger_->revocationsWanted()[1].revocationReason, "keyCompromise");
    EXPECT_THAT(trailOf("O1"),
                testing::IsSupersetOf({"Ada: revoke-card asked", "Bram: revoke-card granted",
                                       "Ada and Bram: card revoked: keyCompromise"}));
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);
}

TEST_F(Approvals, keepBothPersonsCertificatesInTheAuditTrail) {
    ask(wish());
    grant(Bram);
    std::string whys;
    for (const auto& record : ledger_->auditTrail())
        whys += record.why + "\n";
    EXPECT_THAT(whys,
                AllOf(HasSubstr("sha256:aa"), HasSubstr("sha256:bb"),
                      HasSubstr("lost, says he by phone"), HasSubstr("I spoke with him too")));
}

TEST_F(Approvals, areNotGrantedByWhoAskedByWhateverCertificateOrSpelling) {
    ask(wish());
    EXPECT_THAT(refusalOfGrant(Ada), HasSubstr("another person"));
    EXPECT_THAT(refusalOfGrant({"Bram", "sha256:aa"}), HasSubstr("another person"));
    EXPECT_THAT(refusalOfGrant({"Ada", "sha256:cc"}), HasSubstr("another person"));
    EXPECT_THAT(refusalOfGrant({" ADA ", "sha256:cc"}), HasSubstr("another person"));
    EXPECT_THAT(refusalOfGrant({"", "sha256:cc"}), HasSubstr("names nobody"));
    EXPECT_EQ(state(), ApprovalState::Open);
    EXPECT_EQ(stateOf(claim_), CardState::Proved);
    EXPECT_EQ(refusalOfGrant(Bram), "");
}

TEST_F(Approvals, areNotAskedForByACertificateThatNamesNobody) {
    auto nameless = wish();
    nameless.asker.name.clear();
    EXPECT_THAT(refusalOf([&] { ask(nameless); }), HasSubstr("names nobody"));
    EXPECT_FALSE(ledger_->approvals().approval("A-1").has_value());
}

TEST_F(Approvals, expireAndAreThenAskedForAnew) {
    ask(wish());
    pass(std::chrono::hours{24} - std::chrono::seconds{1});
    EXPECT_EQ(ledger_->approvals().expire(), 0U);
    pass(std::chrono::seconds{1});
    EXPECT_THAT(refusalOfGrant(Bram), HasSubstr("expired at 2026-11-22T00:00:00Z"));
    EXPECT_EQ(stateOf(claim_), CardState::Proved);
    EXPECT_EQ(ledger_->approvals().expire(), 1U);
    EXPECT_EQ(state(), ApprovalState::Expired);
    EXPECT_THAT(trailOf("O1"), Contains("station: revoke-card expired"));
    EXPECT_EQ(ledger_->approvals().expire(), 0U) << "once";
    EXPECT_THAT(refusalOfGrant(Bram), HasSubstr("is expired"));
    EXPECT_EQ(ask(wish("A-2")).state, ApprovalState::Open);
}

TEST_F(Approvals, outliveTheStation) {
    ask(wish());
    reopen();
    EXPECT_EQ(state(), ApprovalState::Open);
    EXPECT_EQ(refusalOfGrant(Bram), "");
    reopen();
    EXPECT_EQ(stateOf(claim_), CardState::Revoked);
    EXPECT_EQ(grant(Bram).state, ApprovalState::Granted) << "the same answer again";
    EXPECT_EQ(ask(wish()).state, ApprovalState::Granted) << "the same wish again";
}

TEST_F(Approvals, areOneForOneIdAndOneForOneAct) {
    ask(wish());
    const auto trail = ledger_->auditTrail().size();
    EXPECT_EQ(ask(wish()).row, 1);
    EXPECT_EQ(ledger_->auditTrail().size(), trail);
    auto other = wish();
    other.detail = "superseded";
    EXPECT_THAT(refusalOf([&] { ask(other); }), HasSubstr("A-1 was given before"));
    EXPECT_THAT(refusalOf([&] { ask(wish("A-2")); }), HasSubstr("asked already"));
}

TEST_F(Approvals, endWithTheFirstAnswer) {
    ask(wish());
    ledger_->approvals().answer({"G-1", "A-1", false, Bram, "he found it"});
    EXPECT_EQ(state(), ApprovalState::Refused);
    EXPECT_EQ(stateOf(claim_), CardState::Proved);
    EXPECT_THAT(refusalOfGrant({"Chris", "sha256:cc"}, "G-2"), HasSubstr("is refused by Bram"));
    EXPECT_THAT(refusalOfGrant(Bram), HasSubstr("given before"))
        << "the same id does not turn a no into a yes";
}

TEST_F(Approvals, areTakenBackByWhoAsked) {
    ask(wish());
    ledger_->approvals().answer({"G-1", "A-1", false, Ada, "he found it"});
    EXPECT_EQ(state(), ApprovalState::Refused);
}

TEST_F(Approvals, changeNothingWhereTheActIsNotPossibleAnyMore) {
    ask(wish());
    execute("UPDATE cards SET state='destroyed'");
    const auto trail = ledger_->auditTrail().size();
    EXPECT_THAT(refusalOfGrant(Bram), HasSubstr("is destroyed: there is nothing to revoke"));
    EXPECT_EQ(state(), ApprovalState::Open);
    EXPECT_EQ(ledger_->auditTrail().size(), trail);
    EXPECT_EQ(certificatesOf("O1")[0].revocationReason, "");
}

TEST_F(Approvals, areForTheCardThatTheyWereAskedForAndNoOther) {
    const auto next = card("O2", "0B");
    ask(wish());
    execute("UPDATE orders SET chip='piv-000B', letter='" + next.letter.value() +
            "' WHERE id='O1'");
    EXPECT_THAT(refusalOfGrant(Bram),
                HasSubstr("asked for card piv-000A, and O1 has card piv-000B by now"));
    EXPECT_EQ(state(), ApprovalState::Open);
    EXPECT_EQ(stateOf(next), CardState::Proved);
    ledger_->approvals().answer({"N-1", "A-1", false, Bram, "another card by now"});
    ask(wish("A-2"));
    ledger_->approvals().answer({"G-2", "A-2", true, Bram, "this one too"});
    EXPECT_EQ(stateOf(next), CardState::Revoked);
    EXPECT_EQ(stateOf(claim_), CardState::Proved);
}

TEST_F(Approvals, reissueCodesByRevokingTheCardAndWantingAnother) {
    ApprovalWish seen{"S-1", "reissue-codes", claim_.letter.value(), "",
                      Ada,   "lay open",      std::chrono::hours{1}};
    ask(seen);
    EXPECT_EQ(stateOf(claim_), CardState::Proved);
    const auto before = ledger_->lastEvent();
    ledger_->approvals().answer({"G-1", "S-1", true, Bram, "I saw it lie there"});
    EXPECT_EQ(stateOf(claim_), CardState::Revoked);
    ASSERT_EQ(ledger_->revocationsWanted().size(), 2U);
    EXPECT_EQ(ledger_->revocationsWanted()[0].revocationReason, "superseded");
    EXPECT_EQ(ledger_->letters().letter(claim_.letter)->state, LetterState::Destroyed);
    EXPECT_FALSE(ledger_->letters().letter(claim_.letter)->sealed);
    std::vector<std::string> wanting;
    for (const auto& event : ledger_->events(before, 100)) {
        if (event.replacement)
            wanting.push_back(event.kind + " " + event.after + " of " + event.order);
    }
    EXPECT_THAT(wanting, testing::ElementsAre("card revoked of O1"));
    EXPECT_THAT(entry("O1").reason, HasSubstr("its codes may have been seen"));
    EXPECT_THAT(trailOf("O1"), Contains("Ada and Bram: card revoked: superseded"));
    seen.id = "S-2";
    EXPECT_THAT(refusalOf([&] { ask(seen); }), HasSubstr("there is nothing to revoke"));
}

TEST_F(Approvals, endARevocationOfACardThatIsRevokedByItsCodeMeanwhile) {
    ask(wish());
    ledger_->revocations().revoke({"R-1", OrderId{"O1"}, "keyCompromise", {"ZG-1", Bram}});
    EXPECT_EQ(state(), ApprovalState::Expired);
    EXPECT_THAT(refusalOfGrant(Bram), HasSubstr("A-1 is expired, its card is revoked"));
}

TEST_F(Approvals, keepTheCardHereUntilTheyAreAnswered) {
    const Dispatch sent{"D-1", OrderId{"O1"}, "desk", "", {}};
    const auto refused = [&] {
        return refusalOf([&] { ledger_->dispatches().dispatch(sent, false, {}); });
    };
    ask(wish());
    EXPECT_THAT(refused(), HasSubstr("is to be revoked once approval A-1 is granted"));
    ledger_->approvals().answer({"N-1", "A-1", false, Bram, "no"});
    ask({"S-1", "reissue-codes", claim_.letter.value(), "", Ada, "lay open",
         std::chrono::hours{1}});
    EXPECT_THAT(refused(), HasSubstr("approval S-1"));
    ledger_->approvals().answer({"N-2", "S-1", false, Bram, "no"});
    EXPECT_EQ(refused(), "");
}

TEST_F(Approvals, endAReissueWhoseCardIsRevokedMeanwhile) {
    ask({"S-1", "reissue-codes", claim_.letter.value(), "", Ada, "lay open",
         std::chrono::hours{1}});
    ask(wish());
    grant(Bram);
    EXPECT_EQ(ledger_->approvals().approval("S-1")->state, ApprovalState::Expired);
    EXPECT_EQ(ledger_->approvals().approval("S-1")->answer, "its card is revoked");
    EXPECT_THAT(trailOf(claim_.letter.value()), Contains("station: reissue-codes expired"));
}

TEST_F(Approvals, areNotAskedForWhatIsNotThere) {
    auto unknown = wish();
    unknown.subject = "O9";
    EXPECT_THAT(refusalOf([&] { ask(unknown); }), HasSubstr("order O9 has no card"));
    EXPECT_THAT(refusalOf([&] {
                    ledger_->approvals().answer({"G", "A-9", true, Bram, "yes"});
                }),
                HasSubstr("no approval A-9"));
}

TEST_F(Approvals, destroyOnlyCardsThatNobodyCanUse) {
    ApprovalWish destroy{"D-1", "destroy-card", claim_.chip.serial.value(), "",
                         Ada,   "shredded",     std::chrono::hours{1}};
    EXPECT_THAT(refusalOf([&] { ask(destroy); }), HasSubstr("revoke it first"));
    ask(wish());
    grant(Bram);
    EXPECT_EQ(refusalOf([&] { ask(destroy); }), "");
    ledger_->approvals().answer({"G-2", "D-1", true, Bram, "seen it"});
    EXPECT_EQ(stateOf(claim_), CardState::Destroyed);
    EXPECT_THAT(trailOf(claim_.chip.serial.value()), Contains("Ada and Bram: card destroyed"));
    EXPECT_THAT(refusalOf([&] {
                    destroy.id = "D-2";
                    ask(destroy);
                }),
                HasSubstr("is destroyed"));
}

}  // namespace
}  // namespace zegel::station
