#include "station/ledger/letter_book.h"

#include "station/ledger/approval_book.h"
#include "station/ledger/backup.h"
#include "station/ledger/revocation_book.h"
#include "tests/unit/ledger/desk_ledger.h"

#include <gmock/gmock.h>

#include <sqlite3.h>

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
    EXPECT_THAT(reprinted(revoked, "P2"), HasSubstr("its card is revoked"));
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
    EXPECT_THAT(told(claim, Kind::GiveBack, "g1", "", "x"), HasSubstr("where it stays"));
    EXPECT_EQ(told(claim, Kind::Printed, "p1"), "");
    const auto other = released("O2");
    told(other, Kind::Take, "t2");
    EXPECT_FALSE(ledger_->letters().layOut(other.letter)) << "the print room has it";
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
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
    const auto done = sqlite3_exec(
        database,
        "DROP INDEX letters_by_state; ALTER TABLE letters DROP COLUMN released_at; "
        "ALTER TABLE letters DROP COLUMN released_by; ALTER TABLE letters DROP COLUMN taken_id; "
        "ALTER TABLE letters DROP COLUMN taken_by; ALTER TABLE letters DROP COLUMN laid_out; "
        "ALTER TABLE letters DROP COLUMN edition; ALTER TABLE letters DROP COLUMN perhaps_printed; "
        "DROP TABLE dispatches; DROP TABLE loans; DROP TABLE notes; PRAGMA user_version=8",
        nullptr, nullptr, nullptr);
    sqlite3_close(database);
    ASSERT_EQ(done, SQLITE_OK);
    ledger_ = std::make_unique<Ledger>(file(), clock_);
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
    EXPECT_TRUE(letterOf(claim).laidOut);
    EXPECT_EQ(letterOf(claim).releasedBy, "receipt R-O1");
    EXPECT_EQ(eventsAfter(0).back(), "letter " + claim.letter.value() + " released>printing");
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
