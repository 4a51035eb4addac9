#include "station/ledger/dispatch_book.h"

#include "station/ledger/connection.h"
#include "station/ledger/revocation_book.h"
#include "tests/unit/ledger/desk_ledger.h"

#include <gmock/gmock.h>

namespace zegel::station {
namespace {

using std::chrono::days;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DispatchBookTest : public DeskLedger {
protected:
    DispatchBook book() { return ledger_->dispatches(); }

    std::string dispatched(const Claim& claim, const std::string& id,
                           const std::optional<Lent>& loan = std::nullopt, bool releasing = false,
                           const std::vector<NoteText>& notes = {}) {
        return refusalOf([&] {
            return book().dispatch({id, claim.order.id, "desk", "3S1", loan}, releasing, notes);
        });
    }
    std::string cameBack(const std::string& id, const Claim& claim) {
        return refusalOf([&] {
            return book().cardReturned({id, claim.order.id.value(), "desk", "moved away"});
        });
    }
    std::string loanCameBack(const std::string& id, const std::string& serial) {
        return refusalOf([&] { return book().loanReturned({id, serial, "desk", "whole"}); });
    }
    OrderState orderOf(const Claim& claim) { return ledger_->order(claim.order.id)->state; }
    CardState cardOf(const Claim& claim) { return ledger_->card(claim.chip.serial)->state; }
    std::vector<std::string> idsOf(const std::vector<Awaited>& all) {
        std::vector<std::string> ids;
        for (const auto& one : all)
            ids.push_back(one.order.value());
        return ids;
    }

    static constexpr const char* Profile = "group-card-p256";
};

TEST_F(DispatchBookTest, booksACardOutOnceWithWhatIsLentAndItsNote) {
    const auto claim = produced();
    const auto before = ledger_->lastEvent();
    const Lent reader{"reader", "CR-0042"};
    EXPECT_EQ(dispatched(claim, "d1", reader, false, {{"dispatch-note", "text"}}), "");
    EXPECT_EQ(dispatched(claim, "d1", reader, false, {{"dispatch-note", "text"}}), "before");
    EXPECT_THAT(dispatched(claim, "d1"), HasSubstr("with other words"));
    EXPECT_THAT(dispatched(claim, "d2"), HasSubstr("is dispatched"));
    EXPECT_THAT(eventsAfter(before),
                ElementsAre("order O1 produced>dispatched", "card piv-O1 proved>dispatched",
                            "loan CR-0042 >lent"));
    EXPECT_EQ(stateOf(claim), LetterState::Held) << "its receipt is awaited";
    const auto notes = book().unwrittenNotes(9);
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_EQ(notes[0].note.text, "text");
    book().recordWritten(notes[0].row);
    EXPECT_THAT(book().unwrittenNotes(9), IsEmpty());
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);
}

TEST_F(DispatchBookTest, releasesTheLetterWithTheCardWhereTheProductSaysSo) {
    const auto claim = produced();
    EXPECT_EQ(dispatched(claim, "d1", std::nullopt, true), "");
    EXPECT_EQ(stateOf(claim), LetterState::Released);
    EXPECT_EQ(letterOf(claim).releasedBy, "dispatch d1");
}

TEST_F(DispatchBookTest, sendsNoCardThatIsNotMade) {
    const std::vector<std::string> profiles{Profile};
    const auto made = produced("O1");
    Order order = made.order;
    order.id = OrderId{"O2"};
    order.batch = BatchId{"B-O2"};
    ledger_->accept({order.batch, {order}, {}}, "d");
    const auto refused = refusalOf([&] {
        return book().dispatch({"d1", order.id, "desk", "", {}}, false, {});
    });
    EXPECT_THAT(refused, HasSubstr("is queued"));
    EXPECT_THAT(refusalOf([&] {
                    return book().dispatch({"d2", OrderId{"none"}, "desk", "", {}}, false, {});
                }),
                HasSubstr("no order none"));
}

TEST_F(DispatchBookTest, aCardThatCameBackIsSentOnceMore) {
    const auto claim = produced();
    EXPECT_THAT(cameBack("r0", claim), HasSubstr("only one that was sent"));
    dispatched(claim, "d1", std::nullopt, true);
    EXPECT_EQ(cameBack("r1", claim), "");
    EXPECT_EQ(cameBack("r1", claim), "before");
    EXPECT_EQ(orderOf(claim), OrderState::Produced);
    EXPECT_EQ(cardOf(claim), CardState::Returned);
    EXPECT_EQ(letterOf(claim).state, LetterState::Held) << "nobody took it";
    EXPECT_EQ(dispatched(claim, "d1", std::nullopt, true), "before") << "the first, said again";
    EXPECT_EQ(orderOf(claim), OrderState::Produced);
    EXPECT_EQ(dispatched(claim, "d2", std::nullopt, true), "");
    EXPECT_EQ(cardOf(claim), CardState::Dispatched);
    EXPECT_EQ(letterOf(claim).releasedBy, "dispatch d2");
}

TEST_F(DispatchBookTest, aCardThatCameBackAfterItsReceiptIsSentOnceMoreAndReceivedAnew) {
    const auto claim = produced();
    dispatched(claim, "d1");
    release(claim);
    EXPECT_EQ(orderOf(claim), OrderState::Received);
    EXPECT_EQ(cameBack("r1", claim), "");
    EXPECT_EQ(orderOf(claim), OrderState::Produced);
    EXPECT_EQ(letterOf(claim).state, LetterState::Held) << "it waits for the receipt of that card";
    EXPECT_EQ(dispatched(claim, "d2"), "");
    ledger_->releaseByReceipt({"R2", "Team Τεστ", claim.number.value(), "desk", true, "received",
                               claim.order.id, clock_.now()},
                              claim.letter);
    EXPECT_EQ(orderOf(claim), OrderState::Received);
    EXPECT_EQ(cardOf(claim), CardState::InUse);
    EXPECT_EQ(letterOf(claim).releasedBy, "receipt R2");
}

TEST_F(DispatchBookTest, aLetterThatWasTakenIsNotHeldAgainWhenItsCardComesBack) {
    const auto claim = produced();
    dispatched(claim, "d1", std::nullopt, true);
    ledger_->letters().record({"t", claim.letter, LetterAct::Kind::Take, "print room", ""});
    EXPECT_EQ(cameBack("r1", claim), "");
    EXPECT_EQ(letterOf(claim).state, LetterState::Printing);
    EXPECT_EQ(dispatched(claim, "d2", std::nullopt, true), "");
    EXPECT_EQ(letterOf(claim).releasedBy, "dispatch d1") << "its letter went before";
}

TEST_F(DispatchBookTest, aLetterGivenBackAfterItsCardCameBackWaitsForThatCard) {
    const auto claim = produced();
    dispatched(claim, "d1", std::nullopt, true);
    const auto act = [&](LetterAct::Kind kind, const std::string& id) {
        ledger_->letters().record({id, claim.letter, kind, "print room", "no paper"});
    };
    act(LetterAct::Kind::Take, "t");
    EXPECT_EQ(cameBack("r1", claim), "");
    act(LetterAct::Kind::GiveBack, "g");
    EXPECT_EQ(letterOf(claim).state, LetterState::Held);
    EXPECT_EQ(dispatched(claim, "d2", std::nullopt, true), "");
    EXPECT_EQ(letterOf(claim).state, LetterState::Released);
}

TEST_F(DispatchBookTest, noReceiptIsTakenForACardThatCameBack) {
    const auto claim = produced();
    dispatched(claim, "d1");
    cameBack("r1", claim);
    EXPECT_THROW(ledger_->releaseByReceipt({"R1", "Team Τεστ", claim.number.value(), "desk", true,
                                            "released", claim.order.id, clock_.now()},
                                           claim.letter),
                 Failure);
    EXPECT_EQ(stateOf(claim), LetterState::Held);
    EXPECT_EQ(ledger_->receipt("R1"), std::nullopt);
}

TEST_F(DispatchBookTest, lendsAThingOnceAtATimeWhateverCaseItsSerialIsWrittenIn) {
    const auto first = produced("O1");
    const auto second = produced("O2");
    EXPECT_EQ(dispatched(first, "d1", Lent{"token", "AB-7"}), "");
    EXPECT_THAT(dispatched(second, "d2", Lent{"token", "ab-7"}), HasSubstr("order O1"));
    EXPECT_EQ(orderOf(second), OrderState::Produced) << "nothing of it was done";
    EXPECT_THAT(loanCameBack("l0", "AB-8"), HasSubstr("nothing with the serial AB-8"));
    EXPECT_EQ(loanCameBack("l1", "ab-7"), "");
    EXPECT_EQ(loanCameBack("l1", "ab-7"), "before");
    EXPECT_THAT(loanCameBack("l2", "AB-7"), HasSubstr("nothing with the serial"));
    EXPECT_EQ(dispatched(second, "d3", Lent{"token", "ab-7"}), "");
    const auto all = book().loans(false, 0, 9);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].returnedTo, "desk");
    EXPECT_EQ(all[0].said, "whole");
    const auto out = book().loans(true, 0, 9);
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0].order, OrderId{"O2"});
    EXPECT_EQ(out[0].returnedAt, std::nullopt);
    EXPECT_THAT(book().loans(false, all[0].row, 9), ::testing::SizeIs(1));
    EXPECT_EQ(book().lentAs("Ab-7"), "ab-7") << "as it was booked out last";
    EXPECT_EQ(book().lentAs("AB-8"), std::nullopt);
}

TEST_F(DispatchBookTest, remindsOnceAndCallsOverdueOnceUnlessTheReceiptCame) {
    const auto late = produced("O1");
    const auto received = produced("O2");
    dispatched(late, "d1");
    dispatched(received, "d2");
    const auto sent = clock_.now();
    EXPECT_THAT(idsOf(book().toRemind(Profile, sent - days{1})), IsEmpty());
    EXPECT_THAT(idsOf(book().toRemind(Profile, sent)), ElementsAre("O1", "O2"));
    EXPECT_THAT(idsOf(book().toRemind("another", sent)), IsEmpty());
    ledger_->releaseByReceipt({"R", "Team Τεστ", received.number.value(), "desk", true, "released",
                               received.order.id, clock_.now()},
                              received.letter);
    const auto before = ledger_->lastEvent();
    for (int twice = 0; twice < 2; ++twice) {
        book().remind(late.order.id, {{"reminder", "text"}});
        book().remind(received.order.id, {{"reminder", "text"}});
        book().callOverdue(late.order.id, "revoke");
        book().callOverdue(received.order.id, "revoke");
    }
    EXPECT_THAT(eventsAfter(before),
                ElementsAre("receipt O1 >reminded", "receipt O1 reminded>overdue"));
    EXPECT_THAT(book().unwrittenNotes(9), ::testing::SizeIs(1));
    EXPECT_THAT(idsOf(book().toRemind(Profile, sent)), IsEmpty());
    EXPECT_THAT(idsOf(book().toCallOverdue(Profile, sent)), IsEmpty());
    EXPECT_THAT(idsOf(book().overdue(9)), ElementsAre("O1"));
    cameBack("r1", late);
    EXPECT_THAT(idsOf(book().overdue(9)), IsEmpty()) << "it lies here";
    dispatched(late, "d3");
    EXPECT_THAT(idsOf(book().toRemind(Profile, sent)), ElementsAre("O1")) << "its clock runs anew";
}

TEST_F(DispatchBookTest, keepsTheNoticeOfARejectionWithIt) {
    ledger_->accept({BatchId{"B-O2"}, {order("O2")}, {}}, "d");
    const Decision rejection{"D1", OrderId{"O2"}, Decision::Act::Reject, "A. Person", "not yours"};
    const auto notices = [] { return std::vector<NoteText>{{"rejection-notice", "text"}}; };
    EXPECT_EQ(ledger_->decide(rejection, notices), Ledger::Settlement::Done);
    EXPECT_EQ(ledger_->decide(rejection, notices), Ledger::Settlement::DoneBefore);
    const auto waiting = book().unwrittenNotes(9);
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].order, OrderId{"O2"});
    EXPECT_EQ(waiting[0].note.text, "text");
    EXPECT_EQ(ledger_->order(OrderId{"O2"})->reason, "not yours (A. Person)");
}

class LetterEnds : public DispatchBookTest {
protected:
    std::string everyFile() const {
        std::string all;
        for (const auto& entry : std::filesystem::directory_iterator{folder_})
            all += octetsOf(entry.path());
        return all;
    }
    std::string recordText() const { return {sealed_.begin(), sealed_.end()}; }
};

TEST_F(LetterEnds, eraseTheSealedCodesSomeDaysAfterTheLastStepAndTellWhatWasErased) {
    const auto claim = released();
    const auto held = produced("O2");
    for (const auto kind :
         {LetterAct::Kind::Take, LetterAct::Kind::Printed, LetterAct::Kind::Posted})
        told(claim, kind, "a" + std::to_string(static_cast<int>(kind)));
    const auto posted = clock_.now();
    clock_.time += days{30};
    EXPECT_EQ(ledger_->letters().destroy(posted - std::chrono::seconds{1}, "kept long enough"), 0U);
    EXPECT_TRUE(letterOf(claim).sealed);
    EXPECT_EQ(ledger_->letters().destroy(posted, "kept long enough"), 1U);
    EXPECT_EQ(stateOf(claim), LetterState::Destroyed);
    EXPECT_THROW(ledger_->sealedCodes(claim.letter), Failure);
    EXPECT_EQ(stateOf(held), LetterState::Held);
    // sha256sum's of "a sealed record that nobody here can open"
    const std::string digest = "4F9B37B54663AD418E70E6E5FFF68BB44CA621B0DDF765DFC0AEFEF35DF8C237";
    EXPECT_EQ(ledger_->auditTrail().back().why,
              "kept long enough; SHA-256 of the sealed record " + digest);
    EXPECT_EQ(ledger_->letters().destroy(clock_.now(), "again"), 0U);
}

TEST_F(LetterEnds, leaveNothingOfWhatWasErasedInAnyFile) {
    const auto claim = released();
    for (const auto kind :
         {LetterAct::Kind::Take, LetterAct::Kind::Printed, LetterAct::Kind::Posted})
        told(claim, kind, "a" + std::to_string(static_cast<int>(kind)));
    ASSERT_THAT(everyFile(), HasSubstr(recordText())) << "the search finds it while it is there";
    ledger_->letters().destroy(clock_.now(), "kept long enough");
    EXPECT_EQ(everyFile().find(recordText()), std::string::npos);
}

TEST_F(LetterEnds, leaveNothingOfTheCodesOfARevokedCardOrASpoiledOneInAnyFile) {
    const auto revoked = produced("O1");
    ledger_->revocations().revoke({"V-1", revoked.order.id, "keyCompromise", {"ZG-1", {"me", ""}}});
    EXPECT_EQ(everyFile().find(recordText()), std::string::npos);
    const auto spoiled = claimed("O2");
    ledger_->holdLetter(spoiled, sealed_, "hash");
    ASSERT_THAT(everyFile(), HasSubstr(recordText()));
    ledger_->spoil(spoiled, OrderState::Queued, "it was pulled", false);
    EXPECT_EQ(everyFile().find(recordText()), std::string::npos);
}

TEST_F(LetterEnds, leaveNothingOfWhatWasErasedOnceNobodyReadsInTheJournal) {
    const auto claim = produced();
    {
        Connection beside{file()};
        beside.session.begin();
        ASSERT_EQ(beside.select("SELECT id FROM letters").rowCount(), 1U);
        ledger_->revocations().revoke({"V-1", claim.order.id, "superseded", {"ZG-1", {"me", ""}}});
        EXPECT_THAT(everyFile(), HasSubstr(recordText())) << "the reader's moment is kept";
    }
    ledger_->audit("me", "looked", "O1", "");
    EXPECT_EQ(everyFile().find(recordText()), std::string::npos);
}

TEST_F(LetterEnds, expireHeldOnesWhoseCertificatesHaveAllEnded) {
    const auto plain = produced("O1");
    Order order = plain.order;
    order.id = OrderId{"O2"};
    order.batch = BatchId{"B-O2"};
    ledger_->accept({order.batch, {order}, {}}, "d");
    const std::vector<std::string> profiles{Profile};
    const auto claim =
        ledger_->claim({ChipSerial{"piv-9"}, "piv", "5.7.1"}, profiles, "ZG").value();
    const auto ends = clock_.now() + days{10};
    ledger_->recordIssued(
        ledger_->intendCertificate(claim, Purpose::Authenticity, Bytes{1}, Bytes{2}),
        {Bytes{0x30}, "AB12", clock_.now(), ends});
    ledger_->recordIssued(
        ledger_->intendCertificate(claim, Purpose::Confidentiality, Bytes{3}, Bytes{4}),
        {Bytes{0x30}, "AB13", clock_.now(), ends + days{5}});
    ledger_->intendGuard(claim);
    ledger_->holdLetter(claim, sealed_, "hash");
    ledger_->finish(claim, "{}");
    clock_.time = ends + days{1};
    EXPECT_EQ(ledger_->letters().expire(), 0U) << "one of them still lives";
    clock_.time = ends + days{5};
    EXPECT_EQ(ledger_->letters().expire(), 1U);
    EXPECT_EQ(stateOf(claim), LetterState::Expired);
    EXPECT_EQ(stateOf(plain), LetterState::Held) << "nothing is known of its certificates";
    EXPECT_EQ(ledger_->letters().destroy(clock_.now(), "expired"), 1U);
    EXPECT_FALSE(letterOf(claim).sealed);
}

}  // namespace
}  // namespace zegel::station
