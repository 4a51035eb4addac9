#include "station/ledger/letter_book.h"

#include "station/ledger/approval_book.h"
#include "station/ledger/backup.h"
#include "station/ledger/dispatch_book.h"
#include "station/ledger/revocation_book.h"
#include "tests/unit/ledger/desk_ledger.h"

#include <gmock/gmock.h>

namespace zegel::station {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Kind = LetterAct::Kind;

class LetterBookTest : public DeskLedger {
protected:
    /// What the second of two persons got to hear; "" when it is released once more.
    std::string reprinted(const Claim& claim, const std::string& id) {
        try {
            ledger_->approvals().ask({id,
                                      "reprint-letter",
                                      claim.letter.value(),
                                      "",
                                      {"first", "sha256:01"},
                                      "torn",
                                      std::chrono::hours{1}});
            ledger_->approvals().answer({id + "-yes", id, true, {"second", "sha256:02"}, "seen"});
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused) << failure.what();
            return failure.what();
        }
        return "";
    }
    /// By one person, who waits for the second.
    std::string asked(const Claim& claim, const std::string& act, const std::string& id,
                      const std::string& detail = "") {
        return refusalOf([&] {
            ledger_->approvals().ask({id,
                                      act,
                                      claim.letter.value(),
                                      detail,
                                      {"first", "sha256:01"},
                                      "because",
                                      std::chrono::hours{1}});
            return Ledger::Settlement::Done;
        });
    }
    void answered(const std::string& id, bool grants) {
        ledger_->approvals().answer({id + "-said", id, grants, {"second", "sha256:02"}, "seen"});
    }
    static ApprovalWish revocation(const std::string& id, const std::string& order) {
        return {id,     "revoke-card",        order, "keyCompromise", {"first", "sha256:01"},
                "lost", std::chrono::hours{1}};
    }
    void spoil(const Claim& claim, const std::string& id) {
        told(claim, Kind::Take, id + "t");
        told(claim, Kind::Uncertain, id + "u", "printer", "it jammed");
        EXPECT_EQ(told(claim, Kind::FoundSpoiled, id + "s", "chief", "torn"), "");
    }
};

TEST_F(LetterBookTest, isPrintedAgainByTwoPersonsAsItsNextEdition) {
    const auto claim = released();
    EXPECT_THAT(reprinted(claim, "P1"), HasSubstr("is released: only one that is spoiled"));
    spoil(claim, "a");
    EXPECT_EQ(reprinted(claim, "P2"), "");
    EXPECT_EQ(stateOf(claim), LetterState::Released);
    EXPECT_EQ(letterOf(claim).edition, 2);
    EXPECT_EQ(letterOf(claim).releasedBy, "reprint");
    const auto record = ledger_->auditTrail().back();
    EXPECT_EQ(record.who, "first and second");
    EXPECT_EQ(record.act, "letter to be printed again");
    for (const auto kind : {Kind::Take, Kind::Printed, Kind::Posted, Kind::Returned})
        EXPECT_EQ(told(claim, kind, "b" + std::to_string(static_cast<int>(kind))), "");
    EXPECT_EQ(reprinted(claim, "P3"), "") << "it came back from the post";
    EXPECT_EQ(letterOf(claim).edition, 3);
}

TEST_F(LetterBookTest, isNotPrintedAgainWithoutItsCodesOrForACardOfNoUse) {
    const auto erased = released("O1"), revoked = released("O2");
    spoil(erased, "a");
    ledger_->letters().destroy(clock_.now(), "kept long enough");
    EXPECT_THAT(reprinted(erased, "P1"), HasSubstr("its sealed codes are destroyed"));
    told(revoked, Kind::Take, "t");
    told(revoked, Kind::Printed, "p");
    ledger_->revocations().revoke(
        {"V", revoked.order.id, "keyCompromise", {revoked.number.value(), {"me", "01"}}});
    EXPECT_EQ(told(revoked, Kind::FoundSpoiled, "s", "chief", "torn"), "");
    EXPECT_THAT(reprinted(revoked, "P2"), HasSubstr("its sealed codes are destroyed"));
}

TEST_F(LetterBookTest, isOnNoSheetWhileItsCodesAreToBeReissued) {
    const auto claim = released();
    spoil(claim, "a");
    EXPECT_EQ(asked(claim, "reissue-codes", "S1"), "");
    EXPECT_THAT(reprinted(claim, "P1"), HasSubstr("codes may have been seen"));
    answered("S1", false);
    EXPECT_EQ(reprinted(claim, "P2"), "");
    EXPECT_EQ(asked(claim, "reissue-codes", "S2"), "");
    EXPECT_THAT(told(claim, Kind::Take, "t1"), HasSubstr("once approval S2 is granted"));
    EXPECT_FALSE(ledger_->letters().layOut(claim.letter));
    EXPECT_EQ(stateOf(claim), LetterState::Released);
    clock_.time += std::chrono::days{400};
    EXPECT_EQ(ledger_->approvals().expire(), 0U) << "it waits for an answer, however long";
    EXPECT_THAT(told(claim, Kind::Take, "t2"), HasSubstr("once approval S2 is granted"));
    answered("S2", false);
    EXPECT_EQ(told(claim, Kind::Take, "t3"), "");
    EXPECT_EQ(asked(claim, "reissue-codes", "S3"), "");
    answered("S3", true);
    EXPECT_EQ(told(claim, Kind::GiveBack, "g"), "");
    EXPECT_EQ(stateOf(claim), LetterState::Destroyed);
}

TEST_F(LetterBookTest, isSettledByTwoPersonsWhenWhoTookItIsGone) {
    const auto printed = released("O1"), spoiled = released("O2"), laidOut = released("O3");
    EXPECT_THAT(asked(printed, "settle-abandoned", "A0", "printed"), HasSubstr("is released"));
    EXPECT_EQ(told(printed, Kind::Take, "t1"), "");
    EXPECT_EQ(told(spoiled, Kind::Take, "t2"), "");
    EXPECT_TRUE(ledger_->letters().layOut(laidOut.letter));
    EXPECT_THAT(asked(laidOut, "settle-abandoned", "A3", "spoiled"), HasSubstr("laid into"));
    EXPECT_EQ(asked(printed, "settle-abandoned", "A1", "printed"), "");
    EXPECT_EQ(asked(spoiled, "settle-abandoned", "A2", "spoiled"), "");
    EXPECT_EQ(stateOf(spoiled), LetterState::Printing) << "one person is not enough";
    const auto before = ledger_->lastEvent();
    answered("A1", true);
    answered("A2", true);
    EXPECT_EQ(stateOf(printed), LetterState::Printed);
    EXPECT_EQ(stateOf(spoiled), LetterState::Spoiled);
    const auto one = "letter " + printed.letter.value(), other = "letter " + spoiled.letter.value();
    EXPECT_THAT(
        eventsAfter(before),
        ElementsAre(one + " printing>printed-uncertain", one + " printed-uncertain>printed",
                    other + " printing>printed-uncertain", other + " printed-uncertain>spoiled"));
    const auto record = ledger_->auditTrail().back();
    EXPECT_EQ(record.who + ": " + record.act, "first and second: letter found spoiled");
    EXPECT_THAT(told(spoiled, Kind::Printed, "p"), HasSubstr("is spoiled"));
    EXPECT_EQ(reprinted(spoiled, "P"), "");
}

TEST_F(LetterBookTest, isNotSettledAsLeftBehindOnceAnotherHasTakenIt) {
    const auto claim = released();
    EXPECT_EQ(told(claim, Kind::Take, "t1"), "");
    EXPECT_EQ(asked(claim, "settle-abandoned", "A1", "spoiled"), "");
    EXPECT_EQ(told(claim, Kind::GiveBack, "g", "printer", "it is well again"), "");
    EXPECT_EQ(told(claim, Kind::Take, "t2", "other"), "");
    EXPECT_THAT(refusalOf([&] {
                    answered("A1", true);
                    return Ledger::Settlement::Done;
                }),
                HasSubstr("taken as t2 by now"));
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
    EXPECT_EQ(letterOf(claim).takenBy, "other");
}

TEST_F(LetterBookTest, isCalledUncertainByNobodyButWhoTookIt) {
    const auto claim = released();
    EXPECT_EQ(told(claim, Kind::Take, "t"), "");
    EXPECT_THAT(told(claim, Kind::Uncertain, "u1", "other", "it is gone"),
                HasSubstr("zegel letter abandoned"));
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
    EXPECT_EQ(told(claim, Kind::Uncertain, "u2", "printer", "it jammed"), "");
}

TEST_F(LetterBookTest, tellsOfLettersThatNobodyCalledPosted) {
    const auto printing = released("O1"), printed = released("O2"), posted = released("O3");
    const auto waiting = released("O4");
    for (const auto* claim : {&printing, &printed, &posted})
        told(*claim, Kind::Take, "t" + claim->order.id.value());
    for (const auto* claim : {&printed, &posted})
        told(*claim, Kind::Printed, "p" + claim->order.id.value());
    told(posted, Kind::Posted, "posted");
    const auto then = clock_.now();
    EXPECT_THAT(ledger_->letters().untold(then - std::chrono::seconds{1}, 9), ::testing::IsEmpty());
    const auto untold = ledger_->letters().untold(then, 9);
    ASSERT_EQ(untold.size(), 2U);
    EXPECT_EQ(untold[0].letter, printing.letter);
    EXPECT_EQ(untold[1].letter, printed.letter);
}

TEST_F(LetterBookTest, tellsWhenAndWhyALetterWasReleasedWhateverBecomesOfIt) {
    const auto claim = released();
    const auto when = clock_.now();
    clock_.time += std::chrono::hours{5};
    EXPECT_EQ(told(claim, Kind::Take, "t1"), "");
    EXPECT_EQ(told(claim, Kind::Printed, "p1"), "");
    const auto letter = letterOf(claim);
    EXPECT_EQ(letter.state, LetterState::Printed);
    EXPECT_EQ(letter.releasedAt, when);
    EXPECT_EQ(letter.releasedBy, "receipt R-O1");
    EXPECT_EQ(letter.changed, clock_.now());
}

TEST_F(LetterBookTest, givesALetterToOneOnly) {
    const auto claim = released();
    EXPECT_EQ(told(claim, Kind::Take, "t1", "left"), "");
    EXPECT_EQ(told(claim, Kind::Take, "t1", "left"), "before") << "the answer was lost on its way";
    EXPECT_THAT(told(claim, Kind::Take, "t2", "left"), HasSubstr("is printing"));
    EXPECT_THAT(told(claim, Kind::Take, "t3", "right"), HasSubstr("is printing"));
    EXPECT_THAT(told(claim, Kind::Take, "t1", "right"), HasSubstr("with other words"));
    ledger_ = std::make_unique<Ledger>(file(), clock_);
    EXPECT_THAT(told(claim, Kind::Take, "t4", "right"), HasSubstr("is printing"));
    EXPECT_EQ(told(claim, Kind::Take, "t1", "left"), "before");
}

TEST_F(LetterBookTest, tellsWhichWereGivenBackAndWhyUntilTheyAreTakenAgain) {
    const auto claim = released("O1");
    released("O2");
    EXPECT_TRUE(ledger_->letters().givenBack(9).empty()) << "they are only released";
    told(claim, Kind::Take, "t1");
    told(claim, Kind::GiveBack, "g1", "printer", "the address cannot be printed");
    const auto back = ledger_->letters().givenBack(9);
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0].letter, claim.letter);
    EXPECT_EQ(back[0].reason, "the address cannot be printed");
    spoil(claim, "s");
    EXPECT_TRUE(ledger_->letters().givenBack(9).empty());
    EXPECT_EQ(reprinted(claim, "P1"), "");
    EXPECT_TRUE(ledger_->letters().givenBack(9).empty()) << "nobody gave it back since";
    clock_.time += std::chrono::hours{1};
    told(claim, Kind::Take, "t2");
    told(claim, Kind::GiveBack, "g2", "printer", "no paper");
    EXPECT_EQ(ledger_->letters().givenBack(9).size(), 1U);
}

TEST_F(LetterBookTest, givesNothingForAnActWhoseLetterWentOn) {
    const auto claim = released();
    told(claim, Kind::Take, "t1");
    told(claim, Kind::Printed, "p1");
    EXPECT_THAT(told(claim, Kind::Take, "t1"), HasSubstr("is printed"));
    EXPECT_EQ(told(claim, Kind::Printed, "p1"), "before");
}

TEST_F(LetterBookTest, takesALetterBackFromWhomItWasGivenOnly) {
    const auto claim = released();
    told(claim, Kind::Take, "t1", "left");
    EXPECT_THAT(told(claim, Kind::GiveBack, "g1", "right", "jam"), HasSubstr("only who took it"));
    EXPECT_EQ(told(claim, Kind::GiveBack, "g2", "left", "the tray is empty"), "");
    EXPECT_EQ(stateOf(claim), LetterState::Released);
    EXPECT_EQ(letterOf(claim).takenBy, "");
    EXPECT_THAT(told(claim, Kind::Take, "t1", "left"), HasSubstr("not in your hands"));
    EXPECT_EQ(told(claim, Kind::Take, "t2", "right"), "");
    EXPECT_EQ(told(claim, Kind::GiveBack, "g2", "left", "the tray is empty"), "before")
        << "said again, late, it takes nothing from who has it now";
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
}

TEST_F(LetterBookTest, isPrintedByTheWordOfWhoTookItOnly) {
    const auto claim = released();
    told(claim, Kind::Take, "t1", "left");
    EXPECT_THAT(told(claim, Kind::Printed, "p1", "right"), HasSubstr("only who took it knows"));
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
    EXPECT_EQ(told(claim, Kind::Printed, "p2", "left"), "");
}

TEST_F(LetterBookTest, isErasedWhenItComesBackUnprintedAfterItsCardWasRevoked) {
    const auto claim = released();
    told(claim, Kind::Take, "t");
    ledger_->revocations().revoke(
        {"V", claim.order.id, "keyCompromise", {claim.number.value(), {"me", "01"}}});
    EXPECT_EQ(stateOf(claim), LetterState::Printing) << "a sheet may be under way";
    EXPECT_EQ(told(claim, Kind::GiveBack, "g", "printer", "the tray is empty"), "");
    EXPECT_EQ(stateOf(claim), LetterState::Destroyed);
    EXPECT_THROW(ledger_->sealedCodes(claim.letter), Failure);
}

TEST_F(LetterBookTest, goesToNoPostAfterItsCardWasRevokedAndIsErasedWhenItIsSettled) {
    const auto printed = released("O1"), uncertain = released("O2"), kept = released("O3"),
               gone = released("O4");
    for (const auto* claim : {&printed, &uncertain, &kept, &gone}) {
        const auto& id = claim->order.id.value();
        told(*claim, Kind::Take, "t" + id);
        if (claim == &kept) continue;
        ledger_->revocations().revoke(
            {"V" + id, claim->order.id, "keyCompromise", {claim->number.value(), {"me", "01"}}});
    }
    EXPECT_EQ(told(printed, Kind::Printed, "p1"), "") << "so it is";
    EXPECT_TRUE(ledger_->letters().mustNotGoOut(printed.letter));
    EXPECT_FALSE(ledger_->letters().mustNotGoOut(kept.letter));
    EXPECT_THAT(letterOf(printed).reason, HasSubstr("destroy the sheet"));
    std::vector<std::string> untold;
    for (const auto& letter : ledger_->letters().untold(clock_.now() - std::chrono::hours{1}, 10))
        untold.push_back(letter.letter.value());
    EXPECT_THAT(untold,
                ElementsAre(printed.letter.value(), uncertain.letter.value(), gone.letter.value()));
    EXPECT_THAT(told(printed, Kind::Posted, "o1"), HasSubstr("its card is revoked"));
    EXPECT_EQ(told(printed, Kind::FoundSpoiled, "s1", "chief", "shredded"), "");
    EXPECT_EQ(stateOf(printed), LetterState::Destroyed);
    EXPECT_EQ(told(uncertain, Kind::Uncertain, "u2", "printer", "it jammed"), "");
    EXPECT_EQ(stateOf(uncertain), LetterState::PrintedUncertain) << "a sheet is looked for";
    EXPECT_EQ(told(uncertain, Kind::FoundSpoiled, "s2", "chief", "nothing there"), "");
    EXPECT_EQ(stateOf(uncertain), LetterState::Destroyed);
    EXPECT_EQ(asked(gone, "settle-abandoned", "A4", "spoiled"), "");
    answered("A4", true);
    EXPECT_EQ(stateOf(gone), LetterState::Destroyed);
    EXPECT_EQ(told(kept, Kind::Printed, "p3"), "");
    EXPECT_EQ(told(kept, Kind::Posted, "o3"), "");
}

TEST_F(LetterBookTest, leavesToAPersonWhatMayHaveBeenPrinted) {
    const auto claim = released();
    told(claim, Kind::Take, "t1");
    EXPECT_EQ(told(claim, Kind::Uncertain, "u1", "printer", "it jammed"), "");
    EXPECT_THAT(told(claim, Kind::Printed, "p1"), HasSubstr("a person settles"));
    EXPECT_THAT(told(claim, Kind::GiveBack, "g1", "printer", "x"), HasSubstr("only one"));
    EXPECT_EQ(told(claim, Kind::FoundSpoiled, "s1", "chief", "torn"), "");
    EXPECT_EQ(stateOf(claim), LetterState::Spoiled);
    const auto record = ledger_->auditTrail().back();
    EXPECT_EQ(record.who, "chief");
    EXPECT_EQ(record.act, "letter found spoiled");
    EXPECT_EQ(record.why, "torn");
    EXPECT_EQ(record.subject, claim.letter.value());
}

TEST_F(LetterBookTest, knowsTheWayOfEachLetterAndNoOther) {
    const auto claim = released();
    for (const auto kind : {Kind::GiveBack, Kind::Printed, Kind::Uncertain, Kind::FoundPrinted,
                            Kind::FoundSpoiled, Kind::Posted, Kind::Returned}) {
        EXPECT_THAT(told(claim, kind, "x" + std::to_string(static_cast<int>(kind))),
                    HasSubstr("is released"));
    }
    const auto before = ledger_->lastEvent();
    const auto letter = "letter " + claim.letter.value();
    for (const auto kind :
         {Kind::Take, Kind::Uncertain, Kind::FoundPrinted, Kind::Posted, Kind::Returned}) {
        EXPECT_EQ(told(claim, kind, "y" + std::to_string(static_cast<int>(kind))), "");
    }
    EXPECT_THAT(eventsAfter(before),
                ElementsAre(letter + " released>printing", letter + " printing>printed-uncertain",
                            letter + " printed-uncertain>printed", letter + " printed>posted",
                            letter + " posted>returned"));
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);
}

TEST_F(LetterBookTest, refusesWhatItDoesNotKnow) {
    EXPECT_THAT(
        refusalOf([&] {
            return ledger_->letters().record({"t1", LetterId{"nobody"}, Kind::Take, "me", ""});
        }),
        HasSubstr("no letter nobody"));
    EXPECT_FALSE(ledger_->letters().letter(LetterId{"nobody"}).has_value());
}

TEST_F(LetterBookTest, countsALetterInTheFolderAsTaken) {
    const auto claim = released();
    EXPECT_TRUE(ledger_->letters().layOut(claim.letter));
    EXPECT_FALSE(ledger_->letters().layOut(claim.letter));
    EXPECT_TRUE(letterOf(claim).laidOut);
    EXPECT_THAT(told(claim, Kind::Take, "t1"), HasSubstr("is printing"));
    EXPECT_THAT(told(claim, Kind::GiveBack, "g1", "", "x"), HasSubstr("nobody fetched it"));
    EXPECT_THAT(told(claim, Kind::Printed, "p1"), HasSubstr("nobody fetched it"));
    const auto other = released("O2");
    told(other, Kind::Take, "t2");
    EXPECT_FALSE(ledger_->letters().layOut(other.letter)) << "the print room has it";
}

TEST_F(LetterBookTest, isFetchedOutOfTheFolderByOneOnly) {
    const auto claim = released();
    EXPECT_THAT(told(claim, Kind::Fetch, "f0"), HasSubstr("is released: only one that was laid"));
    EXPECT_TRUE(ledger_->letters().layOut(claim.letter));
    const auto before = ledger_->lastEvent();
    EXPECT_EQ(told(claim, Kind::Fetch, "f1"), "");
    EXPECT_EQ(told(claim, Kind::Fetch, "f1"), "before");
    EXPECT_THAT(told(claim, Kind::Fetch, "f2"),
                HasSubstr("fetched out of the folder before, by printer"))
        << "whose journal was lost";
    EXPECT_THAT(told(claim, Kind::Fetch, "f3", "other"), HasSubstr("out of the folder before"));
    EXPECT_THAT(told(claim, Kind::Printed, "p1", "other"), HasSubstr("only who took it"));
    EXPECT_EQ(told(claim, Kind::GiveBack, "g1", "printer", "seal-broken"), "");
    EXPECT_TRUE(letterOf(claim).laidOut) << "its file is there still";
    const auto back = ledger_->letters().givenBack(9);
    ASSERT_EQ(back.size(), 1U);
    EXPECT_EQ(back[0].reason, "seal-broken");
    EXPECT_EQ(told(claim, Kind::Fetch, "f4", "other"), "");
    EXPECT_TRUE(ledger_->letters().givenBack(9).empty());
    EXPECT_THAT(eventsAfter(before), ::testing::IsEmpty()) << "it is printing all the while";
    EXPECT_EQ(asked(claim, "settle-abandoned", "A1", "printed"), "");
    EXPECT_EQ(told(claim, Kind::Printed, "p2", "other"), "");
}

TEST_F(LetterBookTest, hearsOfNoOtherTakingThanTheLast) {
    const auto claim = released();
    const auto toldOf = [&](const std::string& taken, Kind kind, const std::string& id) {
        return refusalOf([&] {
            return ledger_->letters().record({id, claim.letter, kind, "printer", "why", taken});
        });
    };
    EXPECT_EQ(told(claim, Kind::Take, "t1"), "");
    EXPECT_EQ(toldOf("t1", Kind::GiveBack, "g1"), "");
    EXPECT_EQ(told(claim, Kind::Take, "t2"), "");
    for (const auto kind : {Kind::Printed, Kind::Uncertain, Kind::GiveBack})
        EXPECT_THAT(toldOf("t1", kind, "late"), HasSubstr("t1 is not in your hands any more"));
    EXPECT_EQ(toldOf("t2", Kind::Printed, "p2"), "");
}

TEST_F(LetterBookTest, isOfNoUseOutOfTheFolderWhileItsCardIsHereOrToBeRevoked) {
    const auto claim = released(), other = released("O2");
    EXPECT_TRUE(ledger_->letters().layOut(claim.letter));
    ledger_->dispatches().cardReturned({"c1", "O1", "desk", "moved away"});
    EXPECT_THAT(told(claim, Kind::Fetch, "f1"), HasSubstr("its card came back"));
    ledger_->dispatches().dispatch({"d1", claim.order.id, "desk", "", {}}, false, {});
    ledger_->approvals().ask(revocation("V1", "O1"));
    EXPECT_THAT(told(claim, Kind::Fetch, "f2"), HasSubstr("once approval V1 is granted"));
    ledger_->approvals().ask(revocation("V2", "O2"));
    EXPECT_THAT(told(other, Kind::Take, "t2"), HasSubstr("once approval V2 is granted"));
    EXPECT_FALSE(ledger_->letters().layOut(other.letter));
    answered("V1", false);
    EXPECT_EQ(told(claim, Kind::Fetch, "f3"), "");
}

TEST_F(LetterBookTest, staysWithWhoFetchedItWhenItsCardIsRevoked) {
    const auto claim = released(), lying = released("O2");
    for (const auto* each : {&claim, &lying})
        ledger_->letters().layOut(each->letter);
    EXPECT_EQ(told(claim, Kind::Fetch, "f1"), "");
    for (const auto* each : {&claim, &lying}) {
        ledger_->revocations().revoke({"V" + each->order.id.value(),
                                       each->order.id,
                                       "keyCompromise",
                                       {each->number.value(), {"me", "01"}}});
    }
    EXPECT_TRUE(ledger_->letters().isToWithdraw(lying.letter));
    EXPECT_FALSE(ledger_->letters().isToWithdraw(claim.letter)) << "its sheet is looked for";
    ledger_->letters().recordWithdrawn(claim.letter);
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
    EXPECT_EQ(told(claim, Kind::Printed, "p1"), "");
    EXPECT_EQ(told(claim, Kind::FoundSpoiled, "s1", "chief", "shredded"), "");
    EXPECT_TRUE(ledger_->letters().isToWithdraw(claim.letter)) << "where its file is there still";
}

TEST_F(LetterBookTest, isFetchedAgainUnderTheSameIdOnlyForAsLongAsASheetIsWanted) {
    const auto claim = released(), other = released("O2");
    for (const auto* each : {&claim, &other}) {
        ledger_->letters().layOut(each->letter);
        EXPECT_EQ(told(*each, Kind::Fetch, "f" + each->order.id.value()), "");
    }
    ledger_->revocations().revoke(
        {"V", claim.order.id, "keyCompromise", {claim.number.value(), {"me", "01"}}});
    EXPECT_THAT(told(claim, Kind::Fetch, "fO1"), HasSubstr("its card is revoked"));
    EXPECT_EQ(told(claim, Kind::GiveBack, "g", "printer", "nothing was sent"), "");
    EXPECT_EQ(stateOf(claim), LetterState::Destroyed) << "no sheet of it is to be settled";
    EXPECT_THROW(ledger_->sealedCodes(claim.letter), Failure);
    ledger_->dispatches().cardReturned({"c1", "O2", "desk", "moved away"});
    EXPECT_THAT(told(other, Kind::Fetch, "fO2"), HasSubstr("its card came back"));
}

TEST_F(LetterBookTest, leavesTheFolderOnceItsCodesAreErased) {
    const auto claim = released();
    ledger_->letters().layOut(claim.letter);
    EXPECT_EQ(told(claim, Kind::Fetch, "f1"), "");
    EXPECT_EQ(told(claim, Kind::Printed, "p1"), "");
    EXPECT_EQ(told(claim, Kind::Posted, "p2"), "");
    EXPECT_FALSE(ledger_->letters().isToWithdraw(claim.letter));
    EXPECT_EQ(ledger_->letters().destroy(clock_.now(), "kept long enough"), 1U);
    EXPECT_TRUE(ledger_->letters().isToWithdraw(claim.letter)) << "where its file is there still";
}

TEST_F(LetterBookTest, listsLettersByTheirPlaceAndState) {
    const auto first = released("O1");
    const auto second = produced("O2");
    const auto third = released("O3");
    const auto idsIn = [&](const std::optional<LetterState>& state, std::int64_t after,
                           std::size_t limit) {
        std::vector<std::string> ids;
        for (const auto& letter : ledger_->letters().letters(state, after, limit))
            ids.push_back(letter.letter.value());
        return ids;
    };
    EXPECT_THAT(idsIn(std::nullopt, 0, 10),
                ElementsAre(first.letter.value(), second.letter.value(), third.letter.value()));
    EXPECT_THAT(idsIn(LetterState::Released, 0, 10),
                ElementsAre(first.letter.value(), third.letter.value()));
    EXPECT_THAT(idsIn(LetterState::Released, 0, 1), ElementsAre(first.letter.value()));
    EXPECT_THAT(idsIn(LetterState::Released, letterOf(first).row, 10),
                ElementsAre(third.letter.value()));
    EXPECT_THAT(idsIn(LetterState::Held, 0, 10), ElementsAre(second.letter.value()));
}

TEST_F(LetterBookTest, areListedAsEnvelopesAreFilledHoweverTheirCardsWereMade) {
    const auto accept = [&](const std::string& batch, const std::vector<std::string>& ids) {
        Batch accepted{BatchId{batch}, {}, {}};
        for (const auto& id : ids) {
            accepted.orders.push_back(order(id));
            accepted.orders.back().batch = BatchId{batch};
        }
        ledger_->accept(accepted, batch);
    };
    accept("B2", {"O3", "O1", "O2"});
    accept("B1", {"O4"});
    std::vector<Claim> claims;
    std::vector<std::string> wanted;
    for (const auto* chip : {"piv-1", "piv-2", "piv-3", "piv-4"}) {
        const std::vector<std::string> profiles{"group-card-p256"};
        claims.push_back(
            ledger_->claim({ChipSerial{chip}, "piv", "5.7.1"}, profiles, "ZG").value());
        wanted.push_back(claims.back().letter.value());
    }
    for (const auto at : {3U, 1U, 0U, 2U}) {  // readers are not equally fast
        const auto& claim = claims.at(at);
        ledger_->intendKeys(claim);
        ledger_->intendGuard(claim);
        ledger_->holdLetter(claim, sealed_, "hash");
        ledger_->finish(claim, "{}");
        release(claim);
    }
    std::vector<std::string> listed;
    std::int64_t last = 0;
    for (auto page = ledger_->letters().letters(LetterState::Released, last, 1); !page.empty();
         page = ledger_->letters().letters(LetterState::Released, last, 1)) {
        listed.push_back(page.front().letter.value());
        last = page.front().row;
    }
    EXPECT_EQ(listed, wanted);
    EXPECT_EQ(ledger_->letters().letters(std::nullopt, 0, 10).size(), 4U);
    EXPECT_EQ(ledger_->letters().letters(std::nullopt, last + 1000, 10).size(), 0U);
}

TEST_F(LetterBookTest, lettersUnderWayWaitForAPersonAfterARestoredBackup) {
    const auto waiting = released("O1");
    const auto taken = released("O2");
    const auto held = produced("O3");
    told(taken, Kind::Take, "t1");
    ledger_->continueFromBackup({"chief", "the disk broke", std::nullopt, std::nullopt});
    EXPECT_EQ(stateOf(waiting), LetterState::PrintedUncertain);
    EXPECT_EQ(stateOf(taken), LetterState::PrintedUncertain);
    EXPECT_EQ(stateOf(held), LetterState::Held);
    EXPECT_THAT(told(waiting, Kind::Take, "t2"), HasSubstr("is printed-uncertain"));
}

TEST_F(LetterBookTest, oneHeldInARestoredBackupIsLaidOutAfterAPersonLooked) {
    const auto before = produced("O1");
    ledger_->continueFromBackup({"chief", "the disk broke", CountedNumber{2026, 9}, std::nullopt});
    const auto after = released("O2");
    EXPECT_TRUE(ledger_->letters().layOut(after.letter)) << "nobody can have printed it";
    release(before);
    EXPECT_FALSE(ledger_->letters().layOut(before.letter));
    EXPECT_EQ(stateOf(before), LetterState::PrintedUncertain);
    EXPECT_THAT(letterOf(before).reason, HasSubstr("may have been printed since"));
    EXPECT_EQ(told(before, Kind::FoundSpoiled, "s", "chief", "there is no sheet"), "");
    EXPECT_EQ(reprinted(before, "P1"), "");
    EXPECT_TRUE(ledger_->letters().layOut(before.letter));
}

TEST_F(LetterBookTest, takesWhatAnOlderStationReleasedForLaidOut) {
    const auto claim = released();
    ledger_.reset();
    execute(
        "DROP INDEX letters_by_state; DROP INDEX letters_by_place; "
        "ALTER TABLE letters DROP COLUMN place; ALTER TABLE letters DROP COLUMN released_at; "
        "ALTER TABLE letters DROP COLUMN released_by; ALTER TABLE letters DROP COLUMN taken_id; "
        "ALTER TABLE letters DROP COLUMN taken_by; ALTER TABLE letters DROP COLUMN laid_out; "
        "ALTER TABLE letters DROP COLUMN edition; ALTER TABLE letters DROP COLUMN perhaps_printed; "
        "DROP TRIGGER orders_change_state; DROP TABLE batch_states; "
        "CREATE INDEX orders_by_state_of_batch ON orders(batch, state); "
        "ALTER TABLE approvals DROP COLUMN card; ALTER TABLE events DROP COLUMN replacement; "
        "DROP TABLE dispatches; DROP TABLE loans; DROP TABLE notes; "
        "ALTER TABLE orders DROP COLUMN batch_act; ALTER TABLE orders DROP COLUMN batch_why; "
        "DROP INDEX certificates_by_letter; PRAGMA user_version=8");
    reopen();
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
    EXPECT_TRUE(letterOf(claim).laidOut);
    EXPECT_EQ(letterOf(claim).releasedBy, "receipt R-O1");
    EXPECT_EQ(eventsAfter(0).back(), "letter " + claim.letter.value() + " released>printing");
}

TEST_F(LetterBookTest, ofTheTwelfthSchemaKeepsToTheRulesOfToday) {
    const auto doubted = released("O1");
    const auto back = released("O2");
    EXPECT_EQ(asked(doubted, "reissue-codes", "S1"), "");
    ledger_.reset();
    execute(
        "DROP INDEX letters_by_state; DROP INDEX letters_by_place; "
        "ALTER TABLE letters DROP COLUMN place; CREATE INDEX letters_by_state ON letters(state); "
        "UPDATE approvals SET expires=1; UPDATE orders SET state='produced' WHERE id='O2'; "
        "ALTER TABLE orders DROP COLUMN batch_act; ALTER TABLE orders DROP COLUMN batch_why; "
        "DROP INDEX certificates_by_letter; PRAGMA user_version=12");
    reopen();
    EXPECT_EQ(ledger_->approvals().expire(), 0U);
    EXPECT_THAT(told(doubted, Kind::Take, "t1"), HasSubstr("once approval S1 is granted"));
    EXPECT_EQ(stateOf(back), LetterState::Held) << "its card is here";
    EXPECT_EQ(eventsAfter(0).back(), "letter " + back.letter.value() + " released>held");
    EXPECT_EQ(ledger_->letters().letters(std::nullopt, 0, 9).size(), 2U);
}

TEST_F(LetterBookTest, aSpoiledCardsSealedCodesAreGoneFromTheFilesAndTheAuditTellsWhatWasErased) {
    auto claim = produced("O9");  // whatever was written before does not count
    const Order order = claim.order;
    ledger_->accept({BatchId{"B-O1"},
                     {{OrderId{"O1"}, BatchId{"B-O1"}, order.profile, order.groupId, order.subject,
                       order.manager, "nl"}},
                     {}},
                    "d");
    const std::vector<std::string> profiles{"group-card-p256"};
    claim = ledger_->claim({ChipSerial{"piv-1"}, "piv", "5.7.1"}, profiles, "ZG").value();
    ledger_->intendGuard(claim);
    ledger_->holdLetter(claim, bytesOf("abc"), "hash");
    ledger_->spoil(claim, OrderState::Queued, "pulled", true);
    EXPECT_EQ(stateOf(claim), LetterState::Destroyed);
    EXPECT_FALSE(letterOf(claim).sealed);
    std::string erased;
    for (const auto& record : ledger_->auditTrail()) {
        if (record.act == "sealed codes destroyed") erased = record.why;
    }
    // FIPS 180-2, B.1: SHA-256 of "abc"
    EXPECT_THAT(erased,
                HasSubstr("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
}

}  // namespace
}  // namespace zegel::station
