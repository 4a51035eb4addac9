#include "station/ledger/revocation_book.h"

#include "station/ledger/connection.h"
#include "station/ledger/dispatch_book.h"
#include "tests/unit/ledger/issued_card.h"

#include <gmock/gmock.h>

namespace zegel::station {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;

const Person Portal{"Order system", "sha256:01"};

class Revocations : public IssuedCards {
protected:
    std::optional<TimePoint> tryOnce(const std::string& number, const Person& by = Portal) {
        return ledger_->revocations().countTry({number, by});
    }
    /// How many tries are looked at, one after the other.
    int lookedAt(const std::string& number, int most) {
        int looked = 0;
        while (looked < most && !tryOnce(number))
            ++looked;
        return looked;
    }
    Ledger::Settlement revoke(const std::string& id, const std::string& reason = "keyCompromise") {
        return ledger_->revocations().revoke({id, OrderId{"O1"}, reason, {"ZG-1", Portal}});
    }
};

TEST_F(Revocations, looksAtFiveWrongCodesOfANumberAndThenAfterPausesThatGrow) {
    EXPECT_EQ(lookedAt("ZG-1", 20), 5);
    const auto start = clock_.now();
    EXPECT_EQ(tryOnce("ZG-1"), start + minutes{1});
    EXPECT_EQ(tryOnce("ZG-1"), start + minutes{1}) << "what is not looked at adds nothing";
    pass(minutes{1});
    EXPECT_EQ(lookedAt("ZG-1", 20), 1);
    EXPECT_EQ(tryOnce("ZG-1"), clock_.now() + minutes{2});
    pass(minutes{2});
    EXPECT_EQ(lookedAt("ZG-1", 20), 1);
    EXPECT_EQ(tryOnce("ZG-1"), clock_.now() + minutes{4});
    for (int wrong = 0; wrong < 10; ++wrong) {
        pass(hours{1});
        EXPECT_EQ(lookedAt("ZG-1", 20), 1);
    }
    EXPECT_EQ(tryOnce("ZG-1"), clock_.now() + hours{1}) << "and never longer";
    EXPECT_EQ(lookedAt("ZG-2", 20), 5) << "another number is another's";
}

TEST_F(Revocations, forgetsWrongCodesNeitherByARestartNorWithinADay) {
    EXPECT_EQ(lookedAt("ZG-1", 20), 5);
    reopen();
    EXPECT_NE(tryOnce("ZG-1"), std::nullopt);
    pass(hours{24});
    EXPECT_EQ(lookedAt("ZG-1", 20), 1);
    pass(hours{24} + seconds{1});
    EXPECT_EQ(lookedAt("ZG-1", 20), 5);
}

TEST_F(Revocations, keepsNobodyOutWhenTheClockWasSetBack) {
    EXPECT_EQ(lookedAt("ZG-1", 20), 5);
    clock_.time -= hours{24 * 300};
    EXPECT_EQ(lookedAt("ZG-1", 20), 1);
    EXPECT_EQ(tryOnce("ZG-1"), clock_.now() + minutes{2});
}

TEST_F(Revocations, slowsAClientThatIsWrongForManyNumbersAndKeepsItOutForNoLongerThanADrop) {
    int random = 0;
    const auto tryRandom = [&] { return tryOnce("ZG-" + std::to_string(++random)); };
    const auto fill = [&](int most) {
        int looked = 0;
        while (looked < most && !tryRandom())
            ++looked;
        return looked;
    };
    EXPECT_EQ(fill(3000), 1000);
    EXPECT_EQ(tryRandom(), clock_.now() + seconds{36});
    EXPECT_EQ(tryOnce("ZG-1", {"Another", "sha256:02"}), std::nullopt);
    for (int again = 0; again < 3; ++again) {
        pass(seconds{35});
        EXPECT_EQ(tryRandom(), clock_.now() + seconds{1}) << "what is not looked at adds nothing";
        pass(seconds{1});
        EXPECT_EQ(fill(20), 1);
    }
    pass(seconds{90});
    EXPECT_EQ(fill(20), 2);
    EXPECT_EQ(tryRandom(), clock_.now() + seconds{18});
    pass(hours{10});
    EXPECT_EQ(fill(40), 40);
}

TEST_F(Revocations, countsAllNumbersOfACardAsOne) {
    const auto tried = [&](const std::string& number) {
        return ledger_->revocations().countTry({number, Portal, OrderId{"O1"}});
    };
    for (const auto* number : {"ZG-1", "A01", "A02", "piv-000A", "ZG-1"})
        EXPECT_EQ(tried(number), std::nullopt);
    EXPECT_EQ(tried("A01"), clock_.now() + minutes{1});
    EXPECT_EQ(tryOnce("ZG-2"), std::nullopt);
}

TEST_F(Revocations, keepsNoTriesThatAreForgotten) {
    const auto kept = [&] {
        Connection beside{file()};
        auto rows = beside.select("SELECT count(*) AS n FROM code_tries");
        return numberAt(rows, "n");
    };
    for (int wrong = 0; wrong < 30; ++wrong)
        tryOnce("ZG-" + std::to_string(wrong));
    EXPECT_EQ(kept(), 31);
    pass(hours{24} + seconds{1});
    tryOnce("ZG-1");
    EXPECT_EQ(kept(), 2) << "a number's and the client's";
}

TEST_F(Revocations, countsNoRightCode) {
    card("O1");
    for (int again = 0; again < 8; ++again) {
        EXPECT_EQ(tryOnce("ZG-1"), std::nullopt) << again;
        revoke("R-1");
    }
    EXPECT_EQ(lookedAt("ZG-1", 20), 5);
}

TEST_F(Revocations, revokesEverythingOfTheCardForItsReason) {
    const auto claim = card("O1");
    EXPECT_EQ(revoke("R-1", "privilegeWithdrawn"), Ledger::Settlement::Done);
    const auto wanted = ledger_->revocationsWanted();
    ASSERT_EQ(wanted.size(), 2U);
    for (const auto& certificate : wanted)
        EXPECT_EQ(certificate.revocationReason, "privilegeWithdrawn");
    EXPECT_EQ(stateOf(claim), CardState::Revoked);
    EXPECT_EQ(entry("O1").state, OrderState::Closed);
    EXPECT_EQ(entry("O1").letterState, LetterState::Destroyed);
    EXPECT_THROW(ledger_->sealedCodes(claim.letter), Failure);
    EXPECT_THAT(trailOf("O1"), Contains("Order system: card revoked: privilegeWithdrawn"));
    reopen();
    EXPECT_EQ(revoke("R-1", "privilegeWithdrawn"), Ledger::Settlement::DoneBefore);
    EXPECT_EQ(revoke("R-2", "superseded"), Ledger::Settlement::DoneBefore);
    EXPECT_THROW(revoke("R-1", "superseded"), Failure) << "an id is one request's";
    EXPECT_EQ(ledger_->revocationsWanted()[0].revocationReason, "privilegeWithdrawn");
}

// The digest by coreutils: printf '<the record>' | sha256sum
TEST_F(Revocations, tellsWhichSealedRecordWasErased) {
    const auto claim = card("O1");
    revoke("R-1");
    std::string erased;
    for (const auto& record : ledger_->auditTrail()) {
        if (record.subject == claim.letter.value()) erased += record.why;
    }
    EXPECT_THAT(erased,
                HasSubstr("4F9B37B54663AD418E70E6E5FFF68BB44CA621B0DDF765DFC0AEFEF35DF8C237"));
}

TEST_F(Revocations, tellsTheOrderSystemWhyOfEachStep) {
    card("O1");
    const auto before = ledger_->lastEvent();
    revoke("R-1", "superseded");
    for (const auto& certificate : ledger_->revocationsWanted()) {
        ledger_->recordRevoked(certificate.row, certificate.serial);
        ledger_->revocations().recordInCrl(certificate.row, certificate.serial, "superseded");
    }
    std::vector<std::string> told;
    for (const auto& event : ledger_->events(before, 100)) {
        if (event.kind == "certificate")
            told.push_back(event.serial + " " + event.after + " " + event.reason);
        if (event.kind == "card") told.push_back(event.after + " " + event.reason);
    }
    EXPECT_THAT(told,
                testing::UnorderedElementsAre(
                    "revoked superseded", "0A01 revocation-wanted superseded",
                    "0A02 revocation-wanted superseded", "0A01 revoked superseded",
                    "0A02 revoked superseded", "0A01 in-crl superseded", "0A02 in-crl superseded"));
}

TEST_F(Revocations, looksForRevokedCertificatesUntilTheyAreListedOrHaveEnded) {
    card("O1");
    revoke("R-1");
    EXPECT_TRUE(ledger_->revocations().outsideCrl().empty()) << "the CA has not said yes yet";
    for (const auto& certificate : ledger_->revocationsWanted())
        ledger_->recordRevoked(certificate.row, certificate.serial);
    ASSERT_EQ(ledger_->revocations().outsideCrl().size(), 2U);
    const auto first = ledger_->revocations().outsideCrl()[0];
    EXPECT_TRUE(ledger_->revocations().recordInCrl(first.row, first.serial, "keyCompromise"));
    EXPECT_FALSE(ledger_->revocations().recordInCrl(first.row, first.serial, "keyCompromise"));
    ASSERT_EQ(ledger_->revocations().outsideCrl().size(), 1U);
    EXPECT_EQ(ledger_->revocations().outsideCrl()[0].serial, "0A02");
    pass(hours{24 * 366});
    EXPECT_TRUE(ledger_->revocations().outsideCrl().empty());
}

TEST_F(Revocations, findsAnOrderByItsCardAndByASerialWithZerosInFront) {
    const auto claim = card("O1", "0A");
    EXPECT_EQ(ledger_->orderByChip(claim.chip.serial)->order.id, OrderId{"O1"});
    EXPECT_FALSE(ledger_->orderByChip(ChipSerial{"piv-99"}));
    EXPECT_EQ(ledger_->orderByCertificateSerial("A02")->order.id, OrderId{"O1"});
    EXPECT_FALSE(ledger_->orderByCertificateSerial("A03"));
}

TEST_F(Revocations, recordsAnUnblockedPinOfACardThatSomebodyHas) {
    const auto claim = card("O1");
    const auto unblock = [&](const std::string& id, const ChipSerial& chip) {
        return ledger_->revocations().recordUnblocked(id, chip, Portal, "typed it wrong");
    };
    EXPECT_THAT(refusalOf([&] { unblock("U-0", claim.chip.serial); }),
                HasSubstr("is proved: nobody has it"));
    ledger_->dispatches().dispatch({"D-1", OrderId{"O1"}, "desk", "", {}}, false, {});
    const auto before = ledger_->lastEvent();
    EXPECT_EQ(unblock("U-1", claim.chip.serial), Ledger::Settlement::Done);
    EXPECT_EQ(unblock("U-1", claim.chip.serial), Ledger::Settlement::DoneBefore);
    const auto events = ledger_->events(before, 10);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(
        events[0].kind + " " + events[0].subject + " " + events[0].after + " of " + events[0].order,
        "pin " + claim.chip.serial.value() + " unblocked of O1");
    EXPECT_EQ(ledger_->auditTrail().back().why,
              "typed it wrong; with certificate " + Portal.fingerprint);
    EXPECT_THAT(trailOf(claim.chip.serial.value()), Contains("Order system: PIN unblocked"));
    revoke("R-1");
    EXPECT_THAT(refusalOf([&] { unblock("U-2", claim.chip.serial); }), HasSubstr("is revoked"));
    EXPECT_THAT(refusalOf([&] { unblock("U-3", ChipSerial{"piv-9"}); }), HasSubstr("no card"));
}

}  // namespace
}  // namespace zegel::station
