#include "station/desk/letter_desk.h"

#include "pinmailer/seal/note.h"
#include "pinmailer/seal/record.h"
#include "station/desk/dispatch_desk.h"
#include "station/desk/receipt_desk.h"
#include "station/ledger/approval_book.h"
#include "station/ledger/revocation_book.h"
#include "tests/unit/ledger/desk_ledger.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>
#include <openssl/cms.h>

#include <algorithm>
#include <array>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using Kind = LetterAct::Kind;

/// A ledger, a sealer with keys made for the run, and the shipped profiles; one of them also as a
/// product whose letter goes with the card.
class DeskTest : public DeskLedger {
protected:
    DeskTest() : station_(tests::makeIdentity({.commonName = "station"})) {
        fs::create_directories(letters());
        fs::create_directories(notes());
        open();
    }

    fs::path letters() const { return folder_ / "letters"; }
    fs::path notes() const { return folder_ / "notes"; }

    void open(bool withFolder = true) {
        std::vector<openssl::CertificatePtr> recipients;
        recipients.push_back(tests::makeIdentity({}).certificateCopy());
        sealer_ = std::make_unique<seal::Sealer>(std::move(recipients), station_.certificateCopy(),
                                                 station_.keyCopy(), SystemClock{}.now());
        const auto tell = [this](const std::string& said) { told_.push_back(said); };
        letterDesk_ = std::make_unique<LetterDesk>(
            *ledger_, profiles_, *sealer_, clock_,
            withFolder ? std::optional{letters()} : std::nullopt, tell);
        noteDesk_ =
            std::make_unique<NoteDesk>(*ledger_, profiles_, *sealer_, clock_, notes(), tell);
        receipts_ = std::make_unique<ReceiptDesk>(*ledger_, profiles_, *letterDesk_, clock_);
        dispatch_ =
            std::make_unique<DispatchDesk>(*ledger_, profiles_, *letterDesk_, *noteDesk_, clock_);
    }

    cardprofiles::Profile& profile() { return profiles_.at("group-card-p256"); }

    void waiting(const std::string& id) {
        ledger_->accept({BatchId{"B-" + id}, {order(id)}, {}}, id);
    }
    static Decision rejectionOf(const std::string& id, const std::string& why) {
        return {"D1", OrderId{id}, Decision::Act::Reject, "A. Person", why};
    }

    ReceiptEntry receive(const Claim& claim, const std::string& id = "R1") {
        return receipts_->take({id, "Team Τεστ", claim.number.value(), "me", clock_.now()});
    }
    std::vector<std::string> filesIn(const fs::path& folder) const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator{folder})
            names.push_back(entry.path().filename().string());
        return names;
    }
    /// What the station signed and as what, checked with its certificate alone.
    std::pair<std::string, std::string> opened(ByteView file) const {
        const openssl::BioPtr in{BIO_new_mem_buf(file.data(), static_cast<int>(file.size()))};
        auto* cms = d2i_CMS_bio(in.get(), nullptr);
        EXPECT_NE(cms, nullptr);
        auto* trusted = X509_STORE_new();
        X509_STORE_add_cert(trusted, station_.certificate.get());
        auto* signers = sk_X509_new_null();
        sk_X509_push(signers, station_.certificate.get());
        const openssl::BioPtr out{BIO_new(BIO_s_mem())};
        EXPECT_EQ(CMS_verify(cms, signers, trusted, nullptr, out.get(),
                             CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY),
                  1);
        std::array<char, 80> type{};
        OBJ_obj2txt(type.data(), static_cast<int>(type.size()), CMS_get0_eContentType(cms), 1);
        char* text = nullptr;
        const auto size = BIO_get_mem_data(out.get(), &text);
        std::pair<std::string, std::string> content{{text, static_cast<std::size_t>(size)},
                                                    type.data()};
        sk_X509_free(signers);
        X509_STORE_free(trusted);
        CMS_ContentInfo_free(cms);
        return content;
    }
    std::string noteIn(const std::string& name) const {
        const auto octets = octetsOf(notes() / name);
        const auto [text, type] = opened(bytesOf(octets));
        EXPECT_EQ(type, seal::ContentType::Note);
        return text;
    }
    Bytes taken(const Claim& claim, const std::string& id, const std::string& by = "printer") {
        return letterDesk_->take({id, claim.letter, Kind::Take, by, ""});
    }

    tests::MadeIdentity station_;
    cardprofiles::Profiles profiles_ =
        cardprofiles::readProfiles(std::string{ZEGEL_SOURCE_DIR} + "/cardprofiles");
    std::vector<std::string> told_;
    std::unique_ptr<seal::Sealer> sealer_;
    std::unique_ptr<LetterDesk> letterDesk_;
    std::unique_ptr<NoteDesk> noteDesk_;
    std::unique_ptr<ReceiptDesk> receipts_;
    std::unique_ptr<DispatchDesk> dispatch_;
};

class LetterDeskTest : public DeskTest {
protected:
    LetterDeskTest() { open(false); }
};

TEST_F(LetterDeskTest, givesTheSignedLetterOfARelease) {
    const auto claim = produced();
    EXPECT_THROW(taken(claim, "t0"), Failure) << "it is held";
    const auto receipt = receive(claim);
    EXPECT_TRUE(receipt.accepted);
    EXPECT_THAT(receipt.outcome, HasSubstr("nobody booked the card out"));
    const auto when = clock_.now();
    clock_.time += days{2};
    const auto [text, type] = opened(taken(claim, "t1"));
    EXPECT_EQ(type, seal::ContentType::ReleasedLetter);
    EXPECT_THAT(text, HasSubstr("letter: " + claim.letter.value() + "\n"));
    EXPECT_THAT(text, HasSubstr("released-at: " + toRfc3339(when) + "\n"));
    EXPECT_THAT(text, HasSubstr("released-by: receipt R1\n"));
    EXPECT_THAT(text, HasSubstr("address: 1234 AB  ONS DORP\n"));
    EXPECT_EQ(opened(taken(claim, "t1")).first, text) << "the same again";
    EXPECT_THROW(taken(claim, "t2"), Failure);
    EXPECT_THROW(taken(claim, "t1", "another"), Failure);
    EXPECT_THAT(filesIn(letters()), IsEmpty());
}

TEST_F(LetterDeskTest, changesNothingWhenTheLetterCannotBeMade) {
    const auto claim = produced();
    receive(claim);
    profile().letter = "not a word";
    EXPECT_THROW(taken(claim, "t1"), Failure);
    EXPECT_EQ(stateOf(claim), LetterState::Released);
    profile().letter = "pin-letter";
    EXPECT_FALSE(taken(claim, "t1").empty());
}

TEST_F(LetterDeskTest, takesNoReceiptForALetterThatCannotBeMade) {
    const auto claim = produced();
    profile().letter = "not a word";
    EXPECT_THROW(receive(claim), Failure);
    EXPECT_EQ(stateOf(claim), LetterState::Held);
    EXPECT_EQ(ledger_->receipt("R1"), std::nullopt);
}

TEST_F(DeskTest, laysALetterOutOnceAndGivesItToNobodyElse) {
    const auto claim = produced();
    receive(claim);
    const auto name = claim.letter.value() + ".letter";
    EXPECT_THAT(filesIn(letters()), ElementsAre(name));
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
    EXPECT_THROW(taken(claim, "t1"), Failure);
    fs::remove(letters() / name);  // the print room fetched it
    letterDesk_->layOut();
    EXPECT_THAT(filesIn(letters()), IsEmpty());
}

TEST_F(DeskTest, laysALetterOutAgainAsItsNextEditionWhenTwoPersonsSaySo) {
    const auto claim = produced();
    receive(claim);
    const auto file = letters() / (claim.letter.value() + ".letter");
    EXPECT_THAT(opened(bytesOf(octetsOf(file))).first, Not(HasSubstr("edition")));
    told(claim, Kind::Uncertain, "u", "printer", "it jammed");
    told(claim, Kind::FoundSpoiled, "s", "chief", "torn");
    ledger_->approvals().ask({"P",
                              "reprint-letter",
                              claim.letter.value(),
                              "",
                              {"a", "01"},
                              "torn",
                              std::chrono::hours{1}});
    letterDesk_->layOut();
    EXPECT_EQ(stateOf(claim), LetterState::Spoiled) << "one person is not enough";
    ledger_->approvals().answer({"Y", "P", true, {"b", "02"}, "seen"});
    letterDesk_->layOut();
    EXPECT_THAT(opened(bytesOf(octetsOf(file))).first,
                HasSubstr("released-by: reprint\nedition: 2\nsealed: "));
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
}

TEST_F(DeskTest, laysNoLetterOutWhoseCodesAreToBeReissued) {
    const auto claim = released();
    ledger_->approvals().ask({"S",
                              "reissue-codes",
                              claim.letter.value(),
                              "",
                              {"a", "01"},
                              "lay open",
                              std::chrono::hours{1}});
    letterDesk_->layOut();
    EXPECT_THAT(filesIn(letters()), IsEmpty());
    ledger_->approvals().answer({"N", "S", false, {"b", "02"}, "it was another"});
    letterDesk_->layOut();
    EXPECT_THAT(filesIn(letters()), ElementsAre(claim.letter.value() + ".letter"));
}

TEST_F(DeskTest, finishesWhatAStopLeftHalfDoneAndNothingElse) {
    const auto laidOut = released("O1");
    const auto waiting = released("O2");
    const auto half = [&](const Claim& claim) {
        return letters() / (claim.letter.value() + ".letter-half-done");
    };
    for (const auto& claim : {laidOut, waiting})
        std::ofstream{half(claim)} << "signed";
    std::ofstream{letters() / "stranger.letter-half-done"} << "?";
    ledger_->letters().layOut(laidOut.letter);
    letterDesk_->settleHalfDone();
    EXPECT_THAT(filesIn(letters()), ElementsAre(laidOut.letter.value() + ".letter"));
    letterDesk_->layOut();
    EXPECT_THAT(filesIn(letters()), UnorderedElementsAre(laidOut.letter.value() + ".letter",
                                                         waiting.letter.value() + ".letter"));
}

TEST_F(DeskTest, tellsOnceOfALetterThatCannotBeLaidOutAndDoesItLater) {
    const auto claim = released();
    profile().letter = "not a word";
    letterDesk_->layOut();
    letterDesk_->layOut();
    ASSERT_EQ(told_.size(), 1U);
    EXPECT_THAT(told_[0], HasSubstr("waits to be laid out"));
    EXPECT_EQ(stateOf(claim), LetterState::Released);
    profile().letter = "pin-letter";
    letterDesk_->layOut();
    EXPECT_EQ(stateOf(claim), LetterState::Printing);
}

TEST_F(DeskTest, sendsACardWithANoteOfItsOwnAndOneForWhatIsLent) {
    const auto claim = produced();
    dispatch_->dispatch({"d1", claim.order.id, "desk", "3S1", Lent{"reader", "CR-1"}});
    EXPECT_THAT(filesIn(notes()), UnorderedElementsAre("O1.note", "O1+loan.note"));
    const auto note = noteIn("O1.note");
    EXPECT_THAT(note, HasSubstr("kind: dispatch-note\nlanguage: nl\n"));
    EXPECT_THAT(note, HasSubstr("chip-number: piv-O1\n"));
    EXPECT_THAT(note, HasSubstr("certificate-number: " + claim.number.value() + "\n"));
    EXPECT_THAT(note, HasSubstr("track: 3S1\nloan-kind: reader\nloan-serial: CR-1\n"));
    EXPECT_THAT(note, HasSubstr("receive-by: 2027-01-02\n")) << "42 days after 2026-11-21";
    EXPECT_THAT(noteIn("O1+loan.note"), HasSubstr("kind: loan-note\n"));
    EXPECT_THAT(ledger_->dispatches().unwrittenNotes(9), IsEmpty());
    EXPECT_EQ(stateOf(claim), LetterState::Held);
}

TEST_F(DeskTest, releasesAfterDispatchAndAReceiptReleasesNothingMore) {
    profile().release = cardprofiles::ReleaseRule::AfterDispatch;
    const auto claim = produced();
    dispatch_->dispatch({"d1", claim.order.id, "desk", "", {}});
    EXPECT_EQ(stateOf(claim), LetterState::Printing) << "laid out";
    const auto before = ledger_->lastEvent();
    const auto receipt = receive(claim);
    EXPECT_TRUE(receipt.accepted);
    EXPECT_THAT(receipt.outcome, EndsWith("is printing already"));
    EXPECT_THAT(eventsAfter(before),
                ElementsAre("order O1 dispatched>received", "card piv-O1 dispatched>in-use"));
}

TEST_F(DeskTest, keepsWhoseCertificateBroughtAReceiptBesideWhoConfirmedIt) {
    const auto claim = produced();
    const Receipt wrong{"R0", "Another", claim.number.value(), "me", clock_.now()};
    EXPECT_FALSE(receipts_->take(wrong, Person{"portal", "sha256:0a"}).accepted);
    auto record = ledger_->auditTrail().back();
    EXPECT_EQ(record.who + ": " + record.act, "portal: receipt refused");
    EXPECT_THAT(record.why, EndsWith("; confirmed by me, brought with certificate sha256:0a"));
    receipts_->take({"R1", "Team Τεστ", claim.number.value(), "me", clock_.now()},
                    Person{"", "sha256:0b"});
    const auto trail = ledger_->auditTrail();
    const auto accepted = std::ranges::find(trail, "receipt accepted", &AuditEntry::act);
    ASSERT_NE(accepted, trail.end());
    EXPECT_EQ(accepted->who, "sha256:0b");
    EXPECT_EQ(receive(produced("O2"), "R2").by, "me");
    EXPECT_EQ(std::ranges::count(ledger_->auditTrail(), "me", &AuditEntry::who), 1) << "the inbox";
}

TEST_F(DeskTest, promisesNoLetterToWhoHasIt) {
    const auto claim = produced();
    const auto sent = [&](const std::string& id) {
        fs::remove(notes() / "O1.note");
        dispatch_->dispatch({id, claim.order.id, "desk", "", {}});
        return noteIn("O1.note");
    };
    EXPECT_THAT(sent("d1"), HasSubstr("receive-by: "));
    receive(claim);
    told(claim, LetterAct::Kind::Fetch, "f");
    told(claim, LetterAct::Kind::Printed, "p");
    told(claim, LetterAct::Kind::Posted, "q");
    dispatch_->cardReturned({"c1", "O1", "desk", "moved away"});
    EXPECT_THAT(sent("d2"), Not(HasSubstr("receive-by: ")));
}

TEST_F(DeskTest, remindsThenProposesToRevokeAndWritesEachNoteOnce) {
    const auto claim = produced();
    dispatch_->dispatch({"d1", claim.order.id, "desk", "", {}});
    fs::remove(notes() / "O1.note");
    clock_.time += days{20};
    EXPECT_EQ(dispatch_->tick(), 0U);
    EXPECT_THAT(filesIn(notes()), IsEmpty());
    clock_.time += days{1};
    EXPECT_EQ(dispatch_->tick(), 0U);
    EXPECT_THAT(noteIn("O1+reminder.note"), HasSubstr("receive-by: 2027-01-02\n"));
    fs::remove(notes() / "O1+reminder.note");
    clock_.time += days{20};
    EXPECT_EQ(dispatch_->tick(), 0U);
    clock_.time += days{1};
    EXPECT_EQ(dispatch_->tick(), 1U);
    EXPECT_EQ(dispatch_->tick(), 0U);
    EXPECT_THAT(filesIn(notes()), IsEmpty());
    const auto late = ledger_->dispatches().overdue(9);
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late[0].order, claim.order.id);
    EXPECT_TRUE(receive(claim).accepted) << "late, and right";
    EXPECT_THAT(ledger_->dispatches().overdue(9), IsEmpty());
}

TEST_F(DeskTest, writesToWhoseOrderIsRejectedAsItIs) {
    waiting("O2");
    const auto rejection = rejectionOf("O2", "it is not yours");
    EXPECT_EQ(dispatch_->reject(rejection), Ledger::Settlement::Done);
    EXPECT_THAT(filesIn(notes()), ElementsAre("O2+rejection.note"));
    const auto kept = profiles_;
    profiles_.clear();
    EXPECT_EQ(dispatch_->reject(rejection), Ledger::Settlement::DoneBefore) << "whatever is so now";
    profiles_ = kept;
    EXPECT_THAT(noteIn("O2+rejection.note"), HasSubstr("reason: it is not yours\n"));
}

TEST_F(DeskTest, rejectsForNoReasonThatNoNoticeCanSay) {
    waiting("O2");
    const auto refusalTo = [&](const std::string& why) {
        try {
            dispatch_->reject(rejectionOf("O2", why));
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
            return std::string{failure.what()};
        }
        return std::string{};
    };
    EXPECT_THAT(refusalTo("not in 檔"), HasSubstr("the reason holds \"檔\" (U+6A94)"));
    EXPECT_THAT(refusalTo(std::string(200, 'w')), HasSubstr("a word without end"));
    std::string longest;
    while (longest.size() < 1000)
        longest += "WWWW ";
    EXPECT_THAT(refusalTo(longest + "W"), HasSubstr("shorten it"));
    EXPECT_EQ(ledger_->order(OrderId{"O2"})->state, OrderState::Queued);
    EXPECT_THAT(filesIn(notes()), IsEmpty());
}

TEST_F(DeskTest, saysWhyNoNoticeCanBeMadeOfAProductThatIsNotOffered) {
    waiting("O2");
    profiles_.clear();
    try {
        dispatch_->reject(rejectionOf("O2", "it is not yours"));
        FAIL();
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("is no longer offered; zegel order cancel"));
    }
    EXPECT_EQ(ledger_->order(OrderId{"O2"})->state, OrderState::Queued);
}

TEST_F(DeskTest, keepsANoteThatWasNotWrittenBeforeAStop) {
    const auto claim = produced();
    ledger_->dispatches().dispatch({"d1", claim.order.id, "desk", "", {}}, false,
                                   {{"dispatch-note", "zegel-note 1\n"}});
    open();
    noteDesk_->write();
    EXPECT_EQ(noteIn("O1.note"), "zegel-note 1\n");
}

TEST_F(DeskTest, takesLettersOfRevokedCardsBackFromTheFolderUnlessTheyWereFetched) {
    const auto lies = produced("O1"), fetched = produced("O2"), others = produced("O3"),
               stopped = produced("O4");
    const auto fileOf = [&](const Claim& claim, const std::string& suffix = ".letter") {
        return letters() / (claim.letter.value() + suffix);
    };
    for (const auto* claim : {&lies, &fetched, &others, &stopped})
        receive(*claim, "R-" + claim->order.id.value());
    fs::remove(fileOf(fetched));
    for (const auto* claim : {&lies, &fetched, &stopped}) {
        ledger_->revocations().revoke({"V-" + claim->order.id.value(),
                                       claim->order.id,
                                       "keyCompromise",
                                       {claim->number.value(), {"me", "01"}}});
    }
    fs::rename(fileOf(stopped), fileOf(stopped, ".letter-withdrawn"));  // and the station died
    letterDesk_->settleHalfDone();
    EXPECT_THAT(filesIn(letters()), ElementsAre(others.letter.value() + ".letter"));
    EXPECT_EQ(stateOf(lies), LetterState::Destroyed);
    EXPECT_EQ(stateOf(stopped), LetterState::Destroyed);
    EXPECT_EQ(stateOf(fetched), LetterState::Printing) << "the print room has it";
    EXPECT_EQ(stateOf(others), LetterState::Printing);
    EXPECT_THROW(ledger_->sealedCodes(lies.letter), Failure);
    fs::rename(fileOf(others), fileOf(lies));  // died after the ledger said so
    letterDesk_->withdraw();
    EXPECT_THAT(filesIn(letters()), IsEmpty());
    fs::remove_all(letters());
    EXPECT_NO_THROW(letterDesk_->withdraw()) << "a folder that is not mounted just now";
}

}  // namespace
}  // namespace zegel::station
