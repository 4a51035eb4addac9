#include "station/ledger/ledger.h"

#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"
#include "station/ledger/known_before.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sqlite3.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

class StandingClock final : public Clock {
public:
    TimePoint now() const override { return time; }
    TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
};

Order order(const std::string& id, const std::string& profile = "group-card-p256") {
    return {
        OrderId{id},
        BatchId{"B1"},
        profile,
        "group-1",
        {"NL", "Gemeente Voorbeeld", "12345678", "Team Τεστ", std::nullopt},
        {"A. Beheerder", "Gemeente Voorbeeld", {"Dorpsstraat 1"}, "1234 AB", "Ons Dorp", "NL", {}},
        "nl"};
}

class LedgerTest : public ::testing::Test {
protected:
    LedgerTest() {
        auto pattern = (fs::temp_directory_path() / "zegel-ledger-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        ledger_ = std::make_unique<Ledger>(file(), clock_);
    }
    ~LedgerTest() override {
        ledger_.reset();
        fs::remove_all(folder_);
    }

    fs::path file() const { return folder_ / "ledger.sqlite"; }
    void acceptTwo() { ledger_->accept({BatchId{"B1"}, {order("O1"), order("O2")}, {}}, "digest"); }
    Claim claimOn(const std::string& serial) {
        auto claim = ledger_->claim({ChipSerial{serial}, "piv", "5.7.1"}, profiles_, "ZG");
        EXPECT_TRUE(claim.has_value());
        return std::move(*claim);
    }
    OrderEntry entry(const std::string& id) { return ledger_->order(OrderId{id}).value(); }

    StandingClock clock_;
    fs::path folder_;
    std::unique_ptr<Ledger> ledger_;
    std::vector<std::string> profiles_{"group-card-p256"};
};

TEST_F(LedgerTest, takesABatchOnceAndTheSameAgainAsKnown) {
    EXPECT_EQ(ledger_->accept({BatchId{"B1"}, {order("O1")}, {}}, "d"),
              Ledger::Acceptance::Accepted);
    EXPECT_EQ(ledger_->accept({BatchId{"B1"}, {order("O1")}, {}}, "d"),
              Ledger::Acceptance::KnownAlready);
    EXPECT_EQ(ledger_->orders(BatchId{"B1"}).size(), 1U);
}

TEST_F(LedgerTest, recordsHowManyOrdersOfABatchWereNewKnownBeforeAndRefused) {
    const auto said = [&] { return ledger_->auditTrail().back().why; };
    ledger_->accept({BatchId{"B1"}, {order("O1"), order("O2")}, {}}, "1");
    EXPECT_EQ(said(), "2 new orders, 0 known before, 0 refused; from the watched folder");
    ledger_->accept({BatchId{"B2"}, {order("O1")}, {}}, "2");
    EXPECT_EQ(said(), "0 new orders, 1 known before, 0 refused; from the watched folder");
    ledger_->accept(
        {BatchId{"B3"}, {order("O2"), order("O3")}, {{OrderId{"O4"}, 2, 9, "no address"}}}, "3");
    EXPECT_EQ(said(), "1 new order, 1 known before, 1 refused; from the watched folder");
    EXPECT_TRUE(ledger_->orderCounts(BatchId{"B2"}).empty());
    EXPECT_EQ(ledger_->orderCounts(BatchId{"B3"}),
              (std::map<OrderState, std::size_t>{{OrderState::Queued, 1}}));
}

TEST_F(LedgerTest, aRefusalOfAKnownOrderEndsInTheWordToLookUp) {
    ledger_->accept({BatchId{"B1"}, {order("O1")}, {}}, "1");
    ledger_->accept({BatchId{"B2"}, {order("O1")}, {}}, "2");
    EXPECT_TRUE(ledger_->refused(BatchId{"B2"}).at(0).reason.ends_with(" [order-unusable]"));
}

TEST_F(LedgerTest, aBatchIsComparedWithoutWritingToTheLedger) {
    const auto known = [&](const Batch& batch, const char* digest) {
        return knownBefore(file(), batch, digest);
    };
    const Batch first{BatchId{"B1"}, {order("O1"), order("O2")}, {}};
    EXPECT_EQ(known(first, "d").batch, KnownBefore::Content::New);
    ledger_->accept(first, "d");
    EXPECT_EQ(known(first, "d").batch, KnownBefore::Content::Same);
    EXPECT_EQ(known(first, "e").batch, KnownBefore::Content::Other);
    const auto other = known({BatchId{"B2"}, {order("O2"), order("O3")}, {}}, "f");
    EXPECT_EQ(other.batch, KnownBefore::Content::New);
    ASSERT_EQ(other.orders.size(), 1U);
    EXPECT_EQ(other.orders[0], std::pair(OrderId{"O2"}, BatchId{"B1"}));
    EXPECT_EQ(ledger_->batches().size(), 1U);
    EXPECT_EQ(knownBefore(folder_ / "none.sqlite", first, "d").batch, KnownBefore::Content::New);
    EXPECT_FALSE(fs::exists(folder_ / "none.sqlite")) << "none was made";
    std::ofstream{folder_ / "begun.sqlite"};
    EXPECT_EQ(knownBefore(folder_ / "begun.sqlite", first, "d").batch, KnownBefore::Content::New);
    std::ofstream{folder_ / "other.sqlite"} << std::string(4096, 'x');
    EXPECT_THROW(knownBefore(folder_ / "other.sqlite", first, "d"), Failure);
}

TEST_F(LedgerTest, refusesTheSameBatchIdWithOtherContent) {
    ledger_->accept({BatchId{"B1"}, {order("O1")}, {}}, "d");
    try {
        ledger_->accept({BatchId{"B1"}, {order("O9")}, {}}, "other");
        FAIL() << "taken";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::RequestRefused);
        EXPECT_NE(std::string{failure.what()}.find("B1"), std::string::npos);
    }
    EXPECT_FALSE(ledger_->order(OrderId{"O9"}).has_value());
}

TEST_F(LedgerTest, keepsAnOrderOfAnotherBatchAsRefusedByName) {
    acceptTwo();
    auto again = order("O2");
    again.batch = BatchId{"B2"};
    ledger_->accept({BatchId{"B2"}, {again}, {}}, "digest 2");
    const auto refused = ledger_->refused(BatchId{"B2"});
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].id, OrderId{"O2"});
    EXPECT_NE(refused[0].reason.find("B1"), std::string::npos) << refused[0].reason;
    EXPECT_EQ(entry("O2").order.batch, BatchId{"B1"});
}

TEST_F(LedgerTest, givesBackAnOrderAsItCame) {
    acceptTwo();
    const auto kept = entry("O1").order;
    EXPECT_EQ(kept.subject.group, "Team Τεστ");
    EXPECT_EQ(kept.manager.street, std::vector<std::string>{"Dorpsstraat 1"});
    EXPECT_EQ(kept.subject.oin, std::nullopt);
}

TEST_F(LedgerTest, bindsOneOrderToOneChip) {
    acceptTwo();
    const auto first = claimOn("piv-1");
    const auto second = claimOn("piv-2");
    EXPECT_NE(first.order.id, second.order.id);
    EXPECT_NE(first.number, second.number);
    EXPECT_NE(first.letter, second.letter);
    EXPECT_FALSE(ledger_->claim({ChipSerial{"piv-3"}, "piv", ""}, profiles_, "ZG").has_value());
}

TEST_F(LedgerTest, doesNotBindAChipThatIsInUse) {
    acceptTwo();
    claimOn("piv-1");
    EXPECT_THROW(claimOn("piv-1"), Failure);
    EXPECT_EQ(entry("O2").state, OrderState::Queued);
}

TEST_F(LedgerTest, remembersHowOftenAChipFailedUnderTheSerialItHasAfterAReset) {
    acceptTwo();
    ledger_->spoil(claimOn("piv-1"), OrderState::Queued, "it lied", true);
    ledger_->recordReset(ChipSerial{"piv-1"}, {ChipSerial{"piv-1"}, "piv", "5.7.1"});
    EXPECT_EQ(ledger_->card(ChipSerial{"piv-1"})->state, CardState::Blank);
    EXPECT_EQ(ledger_->card(ChipSerial{"piv-1"})->spoiledTimes, 1);

    ledger_->spoil(claimOn("piv-1"), OrderState::Queued, "it lied", true);
    ledger_->recordReset(ChipSerial{"piv-1"}, {ChipSerial{"piv-9"}, "piv", "5.4.0"});
    const auto now = ledger_->card(ChipSerial{"piv-9"}).value();
    EXPECT_EQ(now.state, CardState::Blank);
    EXPECT_EQ(now.spoiledTimes, 2);
    EXPECT_NE(now.reason.find("piv-1"), std::string::npos) << now.reason;
    const auto before = ledger_->card(ChipSerial{"piv-1"}).value();
    EXPECT_EQ(before.state, CardState::Spoiled);
    EXPECT_EQ(before.order, std::nullopt);
    EXPECT_NE(before.reason.find("piv-9"), std::string::npos) << before.reason;
    EXPECT_EQ(claimOn("piv-9").chip.serial, ChipSerial{"piv-9"});
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);
}

TEST_F(LedgerTest, aSpoiledCardGoesBackToTheQueueWithItsCertificatesToBeRevoked) {
    acceptTwo();
    const auto claim = claimOn("piv-1");
    ledger_->intendKeys(claim);
    const auto row = ledger_->intendCertificate(claim, Purpose::Authenticity, Bytes{1}, Bytes{2});
    ledger_->recordIssued(row, {Bytes{0x30}, "AB12", {}, {}});
    EXPECT_EQ(ledger_->milestone(claim), Milestone::CertificateIssued);
    ledger_->intendGuard(claim);
    ledger_->holdLetter(claim, Bytes{1, 2, 3}, "hash");
    ledger_->spoil(claim, OrderState::Queued, "pulled", true);

    EXPECT_EQ(entry("O1").state, OrderState::Queued);
    EXPECT_EQ(entry("O1").number, std::nullopt);
    ASSERT_EQ(ledger_->revocationsWanted().size(), 1U);
    EXPECT_EQ(ledger_->revocationsWanted()[0].serial, "AB12");
    EXPECT_EQ(ledger_->card(ChipSerial{"piv-1"})->state, CardState::Spoiled);
    EXPECT_THROW(ledger_->sealedCodes(claim.letter), Failure) << "the letter is destroyed";
}

TEST_F(LedgerTest, aCertificateWhoseAnswerWasLostIsInDoubtOnceItsWalkIsOver) {
    acceptTwo();
    const auto claim = claimOn("piv-1");
    ledger_->intendKeys(claim);
    const auto row = ledger_->intendCertificate(claim, Purpose::Authenticity, Bytes{1}, Bytes{2});
    EXPECT_TRUE(ledger_->certificatesInDoubt().empty()) << "its walk still waits for the answer";
    ledger_->spoil(claim, OrderState::Queued, "the CA does not answer", false);

    const auto doubts = ledger_->certificatesInDoubt();
    ASSERT_EQ(doubts.size(), 1U);
    EXPECT_EQ(doubts[0].row, row);
    EXPECT_EQ(doubts[0].order.id, OrderId{"O1"});
    EXPECT_EQ(doubts[0].purpose, Purpose::Authenticity);
    EXPECT_EQ(doubts[0].transaction, Bytes{1});
    EXPECT_EQ(doubts[0].request, Bytes{2});
    EXPECT_TRUE(ledger_->revocationsWanted().empty());

    ledger_->recordIssuedInVain(row, {Bytes{0x30}, "AB12", {}, {}});
    EXPECT_TRUE(ledger_->certificatesInDoubt().empty());
    ASSERT_EQ(ledger_->revocationsWanted().size(), 1U);
    EXPECT_EQ(ledger_->revocationsWanted()[0].serial, "AB12");
}

TEST_F(LedgerTest, aCertificateInDoubtStaysSoWhenTheOrderIsMadeOnAnotherCard) {
    acceptTwo();
    const auto lost = claimOn("piv-1");
    ledger_->intendCertificate(lost, Purpose::Authenticity, Bytes{1}, Bytes{2});
    ledger_->spoil(lost, OrderState::Queued, "the CA does not answer", false);
    const auto next = claimOn("piv-2");
    ASSERT_EQ(next.order.id, lost.order.id);
    ledger_->intendCertificate(next, Purpose::Authenticity, Bytes{3}, Bytes{4});

    const auto doubts = ledger_->certificatesInDoubt();
    ASSERT_EQ(doubts.size(), 1U);
    EXPECT_EQ(doubts[0].transaction, Bytes{1});
}

TEST_F(LedgerTest, usesTheNumberOfATryAgainOnlyWhenItCertainlyGotNoCertificate) {
    acceptTwo();
    const auto untouched = claimOn("piv-1");
    ledger_->unclaim(untouched, OrderState::Queued, "the card was pulled");
    const auto unreached = claimOn("piv-2");
    EXPECT_EQ(unreached.number, untouched.number);
    EXPECT_NE(unreached.letter, untouched.letter);
    ledger_->recordNotIssued(
        ledger_->intendCertificate(unreached, Purpose::Authenticity, Bytes{1}, Bytes{2}));
    ledger_->spoil(unreached, OrderState::Queued, "nobody takes the call", false);

    const auto doubted = claimOn("piv-3");
    EXPECT_EQ(doubted.number, untouched.number);
    ledger_->intendCertificate(doubted, Purpose::Authenticity, Bytes{3}, Bytes{4});
    ledger_->spoil(doubted, OrderState::Queued, "the answer was lost", false);

    const auto afterDoubt = claimOn("piv-4");
    EXPECT_NE(afterDoubt.number, untouched.number);
    const auto row =
        ledger_->intendCertificate(afterDoubt, Purpose::Authenticity, Bytes{5}, Bytes{6});
    ledger_->recordIssued(row, {Bytes{0x30}, "AB12", {}, {}});
    ledger_->spoil(afterDoubt, OrderState::Queued, "pulled", false);
    EXPECT_NE(claimOn("piv-5").number, afterDoubt.number);
}

TEST_F(LedgerTest, keepsANumberThroughAStopThatChangedNothing) {
    acceptTwo();
    const auto before = claimOn("piv-1");
    ledger_->recover();
    EXPECT_EQ(claimOn("piv-1").number, before.number);
}

TEST_F(LedgerTest, countsTheTriesOfAnOrderThatReachedTheCaInVain) {
    acceptTwo();
    auto claim = claimOn("piv-1");
    ledger_->recordNotIssued(
        ledger_->intendCertificate(claim, Purpose::Authenticity, Bytes{1}, Bytes{2}));
    EXPECT_EQ(ledger_->countUnanswered(claim), 0) << "it never got there";
    for (int tries = 1; tries <= 3; ++tries) {
        ledger_->spoil(claim, OrderState::Queued, "", false);
        claim = claimOn("piv-1" + std::to_string(tries));
        ledger_->intendCertificate(claim, Purpose::Authenticity, Bytes{9}, Bytes{2});
        EXPECT_EQ(ledger_->countUnanswered(claim), tries);
    }
    ledger_->spoil(claim, OrderState::OnHold, "", false);
    ledger_->decide({"D1", claim.order.id, Decision::Act::Release, "me", "the CA is well"});
    EXPECT_EQ(ledger_->countUnanswered(claim), 1) << "counted afresh";
}

class DoubtTest : public LedgerTest {
protected:
    DoubtTest() {
        acceptTwo();
        const auto claim = claimOn("piv-1");
        ledger_->intendCertificate(claim, Purpose::Authenticity, Bytes(16, 0xA1), Bytes{2});
        const auto known =
            ledger_->intendCertificate(claim, Purpose::Confidentiality, Bytes(16, 0xB2), Bytes{2});
        ledger_->recordIssued(known, {Bytes{0x30}, "00AB12", {}, {}});
        underWay_ = ledger_->certificatesInDoubt().size();
        refusal_ = refusalOf({"v0", Doubted, {}, "me", "asked the CA"});
        ledger_->spoil(claim, OrderState::Queued, "the answer was lost", false);
    }
    std::string refusalOf(const DoubtVerdict& verdict) {
        try {
            ledger_->settleDoubt(verdict);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused);
            return failure.what();
        }
        return "";
    }

    const std::string Doubted = "A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1";
    std::size_t underWay_ = 0;
    std::string refusal_;
};

TEST_F(DoubtTest, isSettledByAPersonWhoFoundThatNothingWasIssued) {
    ledger_->settleDoubt({"v1", Doubted, {}, "me", "the CA's log has no such transaction"});
    EXPECT_TRUE(ledger_->certificatesInDoubt().empty());
    EXPECT_EQ(ledger_->revocationsWanted().size(), 1U) << "the other one of that card";
    const auto record = ledger_->auditTrail().back();
    EXPECT_EQ(record.who, "me");
    EXPECT_EQ(record.subject, Doubted);
    EXPECT_EQ(record.why, "the CA's log has no such transaction");
    EXPECT_EQ(refusalOf({"v1", Doubted, {}, "me", "the CA's log has no such transaction"}), "")
        << "the same again changes nothing";
    EXPECT_EQ(ledger_->auditTrail().back().sequence, record.sequence);
    EXPECT_NE(refusalOf({"v2", Doubted, {}, "me", "asked again"}), "");
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);
}

TEST_F(DoubtTest, isSettledByTheSerialThatIsThenToBeRevoked) {
    ledger_->settleDoubt({"v1", Doubted, "0C0D", "me", "found in the CA's list"});
    EXPECT_TRUE(ledger_->certificatesInDoubt().empty());
    const auto wanted = ledger_->revocationsWanted();
    ASSERT_EQ(wanted.size(), 2U);
    EXPECT_EQ(wanted[0].serial, "0C0D");
    EXPECT_TRUE(wanted[0].der.empty());
    EXPECT_EQ(ledger_->auditTrail().back().act, "doubt settled: issued as 0C0D");
}

TEST_F(DoubtTest, isCorrectedForAsLongAsOnlyAPersonsWordIsKnown) {
    ledger_->settleDoubt({"v1", Doubted, "0C0D", "me", "found in the CA's list"});
    ledger_->settleDoubt({"v2", Doubted, "0C0E", "me", "a slip of the pen"});
    EXPECT_EQ(ledger_->revocationsWanted()[0].serial, "0C0E");
    EXPECT_EQ(ledger_->auditTrail().back().act, "verdict corrected: issued as 0C0E");

    const auto row = ledger_->revocationsWanted()[0].row;
    EXPECT_FALSE(ledger_->recordRevoked(row, "0C0D")) << "the CA revoked what was corrected since";
    EXPECT_TRUE(ledger_->recordRevoked(row, "0C0E"));
    EXPECT_NE(refusalOf({"v3", Doubted, "0C0E", "me", "again"}).find("revoked already"),
              std::string::npos);
    EXPECT_NE(refusalOf({"v4", Doubted, {}, "me", "never"}), "");
    ledger_->settleDoubt({"v5", Doubted, "0C0F", "me", "it was this one"});
    EXPECT_EQ(ledger_->revocationsWanted()[0].serial, "0C0F");

    EXPECT_NE(refusalOf({"v6", Doubted, {}, "me", "it was another order's"}), "")
        << "a revocation is not called off";
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);
}

TEST_F(DoubtTest, thatWasCalledNeverIssuedMayTurnOutIssued) {
    ledger_->settleDoubt({"v1", Doubted, {}, "me", "the CA's log has no such transaction"});
    ledger_->settleDoubt({"v2", Doubted, "0C0D", "me", "no, it was issued"});
    EXPECT_EQ(ledger_->revocationsWanted()[0].serial, "0C0D");
    EXPECT_EQ(ledger_->auditTrail().back().act, "verdict corrected: issued as 0C0D");
}

TEST_F(DoubtTest, isDecidedByTheCaWhateverAPersonSaid) {
    const auto row = ledger_->certificatesInDoubt()[0].row;
    ledger_->settleDoubt({"v1", Doubted, {}, "me", "the CA's log has no such transaction"});
    ledger_->recordIssuedInVain(row, {Bytes{0x30}, "0C0D", {}, {}});
    const auto wanted = ledger_->revocationsWanted();
    ASSERT_EQ(wanted.size(), 2U);
    EXPECT_EQ(wanted[0].serial, "0C0D");
    EXPECT_EQ(wanted[0].der, Bytes{0x30});
    const auto record = ledger_->auditTrail().back();
    EXPECT_EQ(record.who, "station");
    EXPECT_EQ(record.act, "verdict proved wrong: issued as 0C0D");
    EXPECT_EQ(record.subject, Doubted);
    EXPECT_NE(refusalOf({"v2", Doubted, {}, "me", "I still say no"}), "") << "it is known now";
}

TEST_F(DoubtTest, isDecidedByTheCaWhateverSerialAPersonTyped) {
    const auto row = ledger_->certificatesInDoubt()[0].row;
    ledger_->settleDoubt({"v1", Doubted, "0C0E", "me", "found in the CA's list"});
    const auto records = ledger_->auditTrail().size();
    ledger_->recordIssuedInVain(row, {Bytes{0x30}, "0C0D", {}, {}});
    EXPECT_EQ(ledger_->revocationsWanted()[0].serial, "0C0D");
    EXPECT_EQ(ledger_->auditTrail().size(), records + 1);
}

/// A key, its request, and certificates over it.
class Keyed {
public:
    Bytes request() const {
        const openssl::RequestPtr made{X509_REQ_new()};
        X509_REQ_set_pubkey(made.get(), key_.get());
        X509_REQ_sign(made.get(), key_.get(), EVP_sha256());
        unsigned char* der = nullptr;
        const auto size = i2d_X509_REQ(made.get(), &der);
        Bytes octets(der, der + size);
        OPENSSL_free(der);
        return octets;
    }
    Bytes certificate(long serial) const {
        const openssl::CertificatePtr made{X509_new()};
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        X509_set_pubkey(made.get(), key_.get());
        X509_sign(made.get(), key_.get(), EVP_sha256());
        return openssl::toDer(*made);
    }

private:
    openssl::PkeyPtr key_{EVP_EC_gen("P-256")};
};

TEST_F(LedgerTest, settlesADoubtByTheCertificateOfTheKeyThatAskedOnly) {
    acceptTwo();
    const Keyed asked;
    const Keyed another;
    const auto claim = claimOn("piv-1");
    const auto request = asked.request();
    ledger_->intendCertificate(claim, Purpose::Authenticity, Bytes(16, 0xA1), request);
    ledger_->spoil(claim, OrderState::Queued, "the answer was lost", false);
    const auto transaction = toHex(Bytes(16, 0xA1));
    const auto verdict = [&](const std::string& id, const Keyed& holder) {
        return DoubtVerdict{id, transaction, "0C0D", "me", "found", holder.certificate(0x0C0D)};
    };
    try {
        ledger_->settleDoubt(verdict("v1", another));
        FAIL() << "another key's certificate was taken";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::RequestRefused);
        EXPECT_NE(std::string{failure.what()}.find("does not hold the key"), std::string::npos);
    }
    EXPECT_EQ(ledger_->certificatesInDoubt().size(), 1U) << "nothing was changed";
    ledger_->settleDoubt(verdict("v2", asked));
    const auto wanted = ledger_->revocationsWanted();
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_FALSE(wanted[0].der.empty());
    EXPECT_GT(wanted[0].notAfter, wanted[0].notBefore);
    EXPECT_EQ(ledger_->auditTrail().back().act,
              "doubt settled: issued as 0C0D, by the certificate itself");
    try {
        ledger_->settleDoubt({"v3", transaction, "0C0E", "me", "another after all"});
        FAIL() << "what is proved was changed";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::RequestRefused);
    }
}

TEST_F(DoubtTest, isNotSettledByTheSerialOfAnotherCertificate) {
    EXPECT_NE(refusalOf({"v1", Doubted, "AB12", "me", "a slip"}).find("O1"), std::string::npos);
    EXPECT_EQ(ledger_->certificatesInDoubt().size(), 1U);
}

TEST_F(DoubtTest, isNoDoubtWhileItsCardIsBeingMadeNorWhenNobodyAsked) {
    EXPECT_EQ(underWay_, 0U);
    EXPECT_NE(refusal_.find("being made"), std::string::npos) << refusal_;
    EXPECT_NE(refusalOf({"v1", std::string(32, '0'), {}, "me", "why"}).find("not known"),
              std::string::npos);
    EXPECT_NE(refusalOf({"v1", "B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2B2", {}, "me", "why"})
                  .find("revocation-wanted"),
              std::string::npos);
}

TEST_F(LedgerTest, recoversWhatWasInProductionWhenTheStationStopped) {
    acceptTwo();
    const auto untouched = claimOn("piv-1");
    const auto changed = claimOn("piv-2");
    ledger_->intendKeys(changed);
    ledger_.reset();
    ledger_ = std::make_unique<Ledger>(file(), clock_);

    EXPECT_EQ(ledger_->recover().size(), 2U);
    EXPECT_EQ(entry("O1").state, OrderState::Queued);
    EXPECT_EQ(entry("O2").state, OrderState::Queued);
    EXPECT_EQ(ledger_->card(ChipSerial{"piv-1"})->state, CardState::Blank);
    EXPECT_EQ(ledger_->card(ChipSerial{"piv-2"})->state, CardState::Spoiled);
    EXPECT_TRUE(ledger_->recover().empty());
}

TEST_F(LedgerTest, refusesATransitionThatNoTableKnows) {
    acceptTwo();
    const auto claim = claimOn("piv-1");
    EXPECT_THROW(ledger_->finish(claim, "proof"), Failure) << "a card that was never personalised";
    EXPECT_EQ(entry("O1").state, OrderState::InProduction) << "nothing of it was kept";
}

Decision decision(const std::string& id, const std::string& order, Decision::Act act,
                  const std::string& why) {
    return {id, OrderId{order}, act, "me", why};
}

TEST_F(LedgerTest, letsAPersonDecideOnlyOnAnOrderThatIsOnHold) {
    acceptTwo();
    using Act = Decision::Act;
    EXPECT_THROW(ledger_->decide(decision("D1", "O1", Act::Release, "why")), Failure);
    EXPECT_THROW(ledger_->decide(decision("D1", "O9", Act::Release, "why")), Failure);
    const auto claim = claimOn("piv-1");
    ledger_->unclaim(claim, OrderState::OnHold, "the CA refuses");
    EXPECT_EQ(ledger_->decide(decision("D1", "O1", Act::Release, "the CA was mended")),
              Ledger::Settlement::Done)
        << "an id that was refused before is free";
    EXPECT_EQ(entry("O1").state, OrderState::Queued);
    EXPECT_EQ(ledger_->auditTrail().back().who, "me");
    EXPECT_EQ(ledger_->auditTrail().back().why, "the CA was mended");
}

TEST_F(LedgerTest, holdsReleasesCancelsAndRejectsOnlyWhatIsNotBeingMade) {
    acceptTwo();
    using Act = Decision::Act;
    ledger_->decide(decision("D1", "O1", Act::Hold, "the group moves"));
    EXPECT_EQ(entry("O1").state, OrderState::OnHold);
    EXPECT_EQ(entry("O1").reason, "the group moves (me)");
    EXPECT_THROW(ledger_->decide(decision("D2", "O1", Act::Hold, "again")), Failure);
    const auto claim = claimOn("piv-1");
    EXPECT_EQ(claim.order.id, OrderId{"O2"}) << "the held one is passed over";
    for (const auto act : {Act::Hold, Act::Release, Act::Cancel, Act::Reject}) {
        EXPECT_THROW(ledger_->decide(decision("D3", "O2", act, "it is being made")), Failure);
    }
    ledger_->decide(decision("D4", "O1", Act::Release, "it stayed"));
    EXPECT_EQ(entry("O1").state, OrderState::Queued);
    EXPECT_EQ(entry("O1").reason, "");
    ledger_->decide(decision("D5", "O1", Act::Cancel, "it moved"));
    EXPECT_EQ(entry("O1").state, OrderState::Cancelled);
    EXPECT_EQ(ledger_->auditTrail().back().act, "order cancelled");
    EXPECT_THROW(ledger_->decide(decision("D6", "O1", Act::Reject, "too late")), Failure);
    ledger_->unclaim(claim, OrderState::OnHold, "the CA refuses");
    ledger_->decide(decision("D7", "O2", Act::Reject, "no such group"));
    EXPECT_EQ(entry("O2").state, OrderState::Rejected);
    EXPECT_EQ(entry("O2").reason, "no such group (me)");
    EXPECT_EQ(ledger_->auditTrail().back().act, "order rejected");
}

/// A batch of which one order is being made, and another batch.
class BatchDecisions : public LedgerTest {
protected:
    BatchDecisions() {
        auto another = order("O5");
        another.batch = BatchId{"B2"};
        ledger_->accept({BatchId{"B1"}, {order("O1"), order("O2"), order("O3"), order("O4")}, {}},
                        "digest");
        ledger_->accept({BatchId{"B2"}, {another}, {}}, "digest 2");
        claim_ = claimOn("piv-1");
    }
    Ledger::BatchDecided decide(const std::string& id, Decision::Act act,
                                const std::string& batch = "B1") {
        return ledger_->decideForBatch({id, {}, act, "me", "it waits", BatchId{batch}});
    }
    std::string refusalOf(const std::string& id, Decision::Act act,
                          const std::string& batch = "B1") {
        try {
            decide(id, act, batch);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused);
            return failure.what();
        }
        return {};
    }
    std::string statesOfB1() {
        std::string states;
        for (const auto* id : {"O1", "O2", "O3", "O4"})
            states += (states.empty() ? "" : " ") + std::string{nameOf(entry(id).state)};
        return states;
    }

    std::optional<Claim> claim_;
};

TEST_F(BatchDecisions, areDoneInOneStepAndOnce) {
    using Act = Decision::Act;
    const auto before = ledger_->lastEvent();
    const auto held = decide("D1", Act::Hold);
    EXPECT_EQ(held.settlement, Ledger::Settlement::Done);
    EXPECT_EQ(held.orders, 3U);
    EXPECT_EQ(held.beingMade, 1U);
    EXPECT_EQ(ledger_->auditTrail().back().act, "batch held");
    EXPECT_EQ(ledger_->auditTrail().back().why, "it waits; 3 orders, 1 being made");
    EXPECT_EQ(statesOfB1(), "in-production on-hold on-hold on-hold");
    EXPECT_EQ(entry("O2").reason, "it waits (me)");
    EXPECT_EQ(entry("O5").state, OrderState::Queued) << "of another batch";
    EXPECT_EQ(decide("D1", Act::Hold).settlement, Ledger::Settlement::DoneBefore);
    EXPECT_THAT(refusalOf("D1", Act::Release), testing::HasSubstr("given before with other words"));
    EXPECT_EQ(decide("D2", Act::Release).orders, 3U);
    EXPECT_EQ(decide("D3", Act::Cancel).orders, 3U);
    EXPECT_EQ(statesOfB1(), "in-production cancelled cancelled cancelled");
    EXPECT_THAT(refusalOf("D4", Act::Release, "B2"), testing::HasSubstr("was not held as a whole"));
    EXPECT_THAT(refusalOf("D5", Act::Hold, "B9"), testing::HasSubstr("no batch B9"));
    std::size_t told = 0;
    for (const auto& event : ledger_->events(before, 100))
        told += event.kind == "order" && event.batch == "B1" ? 1 : 0;
    EXPECT_EQ(told, 9U);
}

TEST_F(BatchDecisions, releaseNoOrderThatIsOnHoldForAReasonOfItsOwn) {
    using Act = Decision::Act;
    ledger_->decide(decision("D1", "O2", Act::Hold, "its holder moved"));
    ledger_->unclaim(*claim_, OrderState::OnHold, "the CA gave no answer three times");
    EXPECT_THAT(refusalOf("D2", Act::Release), testing::HasSubstr("2 orders on hold stay so"));
    EXPECT_EQ(decide("D3", Act::Hold).orders, 2U);
    const auto released = decide("D4", Act::Release);
    EXPECT_EQ(released.orders, 2U);
    EXPECT_EQ(released.kept, 2U);
    EXPECT_EQ(statesOfB1(), "on-hold on-hold queued queued");
    EXPECT_EQ(entry("O2").reason, "its holder moved (me)");
    EXPECT_EQ(decide("D5", Act::Cancel).orders, 4U);
}

TEST_F(BatchDecisions, reachAnOrderWhoseCardFailsMeanwhile) {
    using Act = Decision::Act;
    decide("D1", Act::Hold);
    ledger_->unclaim(*claim_, OrderState::Queued, "pulled");
    EXPECT_EQ(entry("O1").state, OrderState::OnHold);
    EXPECT_EQ(entry("O1").reason, "it waits (me)");
    EXPECT_EQ(decide("D2", Act::Release).orders, 4U) << "it was held with its batch";
    claim_ = claimOn("piv-2");
    ASSERT_EQ(claim_->order.id, OrderId{"O1"});
    decide("D3", Act::Hold);
    EXPECT_EQ(decide("D4", Act::Release).beingMade, 1U);
    ledger_->unclaim(*claim_, OrderState::Queued, "pulled");
    EXPECT_EQ(entry("O1").state, OrderState::Queued) << "it was released since";
    claim_ = claimOn("piv-3");
    decide("D5", Act::Cancel);
    ledger_->intendKeys(*claim_);
    ledger_->spoil(*claim_, OrderState::OnHold, "the chip answers nothing", true);
    EXPECT_EQ(statesOfB1(), "cancelled cancelled cancelled cancelled");
    EXPECT_EQ(ledger_->claim({ChipSerial{"piv-4"}, "piv", "5.7.1"}, profiles_, "ZG")->order.id,
              OrderId{"O5"});
}

TEST_F(BatchDecisions, takeBackNoCancelByAHold) {
    using Act = Decision::Act;
    decide("D1", Act::Cancel);
    EXPECT_THAT(refusalOf("D2", Act::Hold), testing::HasSubstr("no order waits"));
    EXPECT_THAT(refusalOf("D3", Act::Release), testing::HasSubstr("was not held as a whole"));
    ledger_->unclaim(*claim_, OrderState::Queued, "pulled");
    EXPECT_EQ(entry("O1").state, OrderState::Cancelled);
}

TEST_F(BatchDecisions, reachAnOrderThatWasBeingMadeWhenTheStationStopped) {
    decide("D1", Decision::Act::Cancel);
    EXPECT_THAT(ledger_->recover(),
                testing::ElementsAre(testing::HasSubstr("order O1 is cancelled; chip")));
    EXPECT_EQ(entry("O1").state, OrderState::Cancelled);
    EXPECT_EQ(ledger_->auditTrail().back().act, "order cancelled");
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);
}

TEST_F(BatchDecisions, resetTheTriesOfThoseOnlyThatTheyRelease) {
    int tries = 0;
    const auto unanswered = [&] {
        ledger_->intendKeys(*claim_);
        ledger_->intendCertificate(*claim_, Purpose::Authenticity,
                                   bytesOf("try " + std::to_string(++tries)), bytesOf("request"));
        return ledger_->countUnanswered(*claim_);
    };
    EXPECT_EQ(unanswered(), 1);
    decide("D1", Decision::Act::Hold);
    decide("D2", Decision::Act::Release);
    ledger_->spoil(*claim_, OrderState::Queued, "no answer", false);
    claim_ = claimOn("piv-2");
    EXPECT_EQ(unanswered(), 2) << "it was being made all the while";
    decide("D3", Decision::Act::Hold);
    ledger_->spoil(*claim_, OrderState::Queued, "no answer", false);
    decide("D4", Decision::Act::Release);
    claim_ = claimOn("piv-3");
    EXPECT_EQ(unanswered(), 1) << "a person released it";
}

TEST_F(LedgerTest, saysWhatIsTheMatterWithAnOrderThatNothingCanBeDecidedAbout) {
    acceptTwo();
    using Act = Decision::Act;
    const auto refusalOfAct = [&](const std::string& order, Act act) -> std::string {
        try {
            ledger_->decide(decision("D1", order, act, "why"));
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "it was decided";
    };
    EXPECT_EQ(refusalOfAct("O1", Act::Release),
              "order O1 is queued: only one that is on hold can be released; it may be held, "
              "cancelled or rejected");
    claimOn("piv-1");
    EXPECT_EQ(refusalOfAct("O1", Act::Hold),
              "order O1 is in-production: only one that is queued can be held; its card is being "
              "made now, so wait for how that ends");
    EXPECT_EQ(refusalOfAct("O9", Act::Hold), "no order O9 is known");
    Batch batch;
    batch.id = BatchId{"B9"};
    batch.refused.push_back({OrderId{"O9"}, 1, 7, "line 7: no town [order-unusable]"});
    ledger_->accept(batch, "digest");
    EXPECT_EQ(refusalOfAct("O9", Act::Hold),
              "order O9 of batch B9 was not taken, so there is nothing to decide: line 7: no town");
}

TEST_F(LedgerTest, keepsWhatWasRuledAboutAReader) {
    acceptTwo();
    const ReaderName reader{"Reader 00 00"};
    const std::set present{reader};
    using Act = ReaderDecision::Act;
    EXPECT_FALSE(ledger_->readerRule(reader).batch.has_value());
    EXPECT_EQ(ledger_->readerRule(reader).setAside, "");

    EXPECT_THROW(
        ledger_->decide(ReaderDecision{"R1", reader, Act::Bind, BatchId{"none"}, "me", "a hurry"},
                        present),
        Failure);
    const auto batch = entry("O1").order.batch;
    const ReaderDecision bind{"R1", reader, Act::Bind, batch, "me", "a hurry"};
    EXPECT_EQ(ledger_->decide(bind, present), Ledger::Settlement::Done);
    EXPECT_EQ(ledger_->decide(bind, present), Ledger::Settlement::DoneBefore);
    EXPECT_EQ(ledger_->readerRule(reader).batch, batch);
    EXPECT_EQ(ledger_->auditTrail().back().act, "reader bind to batch " + batch.value());

    ledger_->setReaderAside(reader, "three cards failed");
    EXPECT_EQ(ledger_->readerRule(reader).setAside, "three cards failed");
    EXPECT_EQ(ledger_->readerRule(reader).batch, batch);
    EXPECT_EQ(ledger_->readerRule(ReaderName{"another"}).setAside, "");
    ledger_->decide(ReaderDecision{"R2", reader, Act::Resume, {}, "me", "it was cleaned"}, present);
    EXPECT_EQ(ledger_->readerRule(reader).setAside, "");
    ledger_->decide(ReaderDecision{"R3", reader, Act::Free, {}, "me", "done"}, present);
    EXPECT_FALSE(ledger_->readerRule(reader).batch.has_value());
}

TEST_F(LedgerTest, rulesAboutNoReaderThatNobodyKnows) {
    acceptTwo();
    const auto batch = entry("O1").order.batch;
    const ReaderName left{"Reader left 00"};
    using Act = ReaderDecision::Act;
    const auto refusalOf = [&](const ReaderDecision& decision,
                               const std::set<ReaderName>& present) -> std::string {
        try {
            ledger_->decide(decision, present);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused);
            return failure.what();
        }
        return {};
    };
    const ReaderDecision slip{"R1", ReaderName{"Reader letf 00"}, Act::Bind, batch, "me", "why"};
    EXPECT_EQ(refusalOf(slip, {left, ReaderName{"Reader right 00"}}),
              "no reader \"Reader letf 00\" is known; there are \"Reader left 00\", \"Reader right "
              "00\"");
    EXPECT_EQ(refusalOf(slip, {}), "no reader \"Reader letf 00\" is known; no reader is connected");
    for (const auto act : {Act::Free, Act::Resume}) {
        EXPECT_NE(refusalOf({"R2", ReaderName{"Reader letf 00"}, act, {}, "me", "why"}, {left}),
                  "");
    }
    EXPECT_FALSE(ledger_->readerRule(slip.reader).batch.has_value());

    // One that was ruled about may be away; and what was decided stays so when it is told again.
    const ReaderDecision bind{"R3", left, Act::Bind, batch, "me", "why"};
    EXPECT_EQ(refusalOf(bind, {left}), "");
    EXPECT_EQ(ledger_->decide(bind, {}), Ledger::Settlement::DoneBefore);
    EXPECT_EQ(refusalOf({"R4", left, Act::Free, {}, "me", "why"}, {}), "");
}

TEST_F(LedgerTest, claimsTheOrderThatWaitedLongestAndOfOneBatchWhenAsked) {
    acceptTwo();
    const auto profile = entry("O1").order.profile;
    const std::vector<std::string> profiles{"no-such-profile", profile};
    EXPECT_FALSE(ledger_->anyQueued(profiles, BatchId{"another"}));
    EXPECT_FALSE(
        ledger_->claim({ChipSerial{"piv-7"}, "piv", "5.7.0"}, profiles, "ZG", BatchId{"another"}));
    EXPECT_TRUE(ledger_->anyQueued(profiles, entry("O1").order.batch));
    const auto claim = ledger_->claim({ChipSerial{"piv-7"}, "piv", "5.7.0"}, profiles, "ZG",
                                      entry("O1").order.batch);
    ASSERT_TRUE(claim);
    EXPECT_EQ(claim->order.id, OrderId{"O1"});
    EXPECT_FALSE(ledger_->anyQueued({}));
}

TEST_F(LedgerTest, takesADecisionOnceHoweverOftenItComes) {
    acceptTwo();
    using Act = Decision::Act;
    ledger_->unclaim(claimOn("piv-1"), OrderState::OnHold, "the CA refuses");
    const auto release = decision("D1", "O1", Act::Release, "the CA was mended");
    ledger_->decide(release);
    ledger_->unclaim(claimOn("piv-1"), OrderState::OnHold, "the CA refuses again");
    const auto records = ledger_->auditTrail().size();
    EXPECT_EQ(ledger_->decide(release), Ledger::Settlement::DoneBefore);
    EXPECT_EQ(entry("O1").state, OrderState::OnHold) << "it was decided before the order was held";
    for (const auto& other :
         {decision("D1", "O2", Act::Release, "the CA was mended"),
          decision("D1", "O1", Act::Cancel, "the CA was mended"),
          decision("D1", "O1", Act::Release, "for another reason"),
          Decision{"D1", OrderId{"O1"}, Act::Release, "another person", "the CA was mended"}}) {
        try {
            ledger_->decide(other);
            ADD_FAILURE() << "a second meaning of one id was taken";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused);
            EXPECT_NE(std::string{failure.what()}.find("D1"), std::string::npos);
        }
    }
    EXPECT_EQ(entry("O1").state, OrderState::OnHold);
    EXPECT_EQ(ledger_->auditTrail().size(), records) << "nothing was decided";
    EXPECT_EQ(ledger_->decide(decision("D2", "O1", Act::Cancel, "no longer wanted")),
              Ledger::Settlement::Done);
    EXPECT_EQ(entry("O1").state, OrderState::Cancelled);
}

TEST_F(LedgerTest, findsAChangedAuditRecordAndSaysWhich) {
    acceptTwo();
    ledger_->audit("a person", "did", "something", "because");
    ledger_->audit("another", "did", "more", "because");
    EXPECT_EQ(ledger_->firstBrokenAudit(), std::nullopt);

    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, "UPDATE audit SET why='other' WHERE sequence=2", nullptr, nullptr,
                           nullptr),
              SQLITE_OK);
    sqlite3_close(raw);
    EXPECT_EQ(ledger_->firstBrokenAudit(), 2);
}

TEST_F(LedgerTest, missesAuditRecordsThatWereCutOffTheEnd) {
    ledger_->audit("a person", "did", "something", "because");
    ledger_->audit("another", "did", "more", "because");
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, "DELETE FROM audit WHERE sequence=2", nullptr, nullptr, nullptr),
              SQLITE_OK);
    sqlite3_close(raw);
    EXPECT_EQ(ledger_->firstBrokenAudit(), 2);
}

TEST_F(LedgerTest, recordsWhatBecomesOfOrdersAndWhatIsFoundUnsigned) {
    acceptTwo();
    ledger_->recordAuditHead({1, Bytes{1}});
    auto since = [&, seen = ledger_->auditTrail().size()]() mutable {
        std::vector<std::string> said;
        auto trail = ledger_->auditTrail();
        for (; seen < trail.size(); ++seen)
            said.push_back(trail[seen].act + ": " + trail[seen].subject + ", " + trail[seen].why);
        return said;
    };
    using Said = std::vector<std::string>;
    ledger_->unclaim(claimOn("piv-1"), OrderState::OnHold, "the CA refuses");
    EXPECT_EQ(since(), (Said{"order put on hold: O1, the CA refuses"}));
    ledger_->spoil(claimOn("piv-1"), OrderState::OnHold, "unusable", false);
    EXPECT_EQ(since(), (Said{"card spoiled: piv-1, unusable", "order put on hold: O2, unusable"}));

    ledger_->accept({BatchId{"B2"}, {order("O3"), order("O4")}, {}}, "another");
    claimOn("piv-2");
    since();
    ledger_->recover();
    EXPECT_EQ(
        since(),
        (Said{"records found unsigned: 2 to 5, the station stopped before it signed 4 records",
              "order waits for a card again: O3, the station stopped; chip piv-2 is still "
              "blank"}));
    ledger_->holdOrdersOf("group-card-p256", "no longer offered");
    EXPECT_EQ(since(), (Said{"order put on hold: O3, no longer offered",
                             "order put on hold: O4, no longer offered"}));
}

TEST_F(LedgerTest, keepsTheFirstKeyOfAGroupAndForgetsItWhenTheGroupIsDone) {
    acceptTwo();
    EXPECT_EQ(ledger_->keepGroupKey("group group-1 of 12345678 Team Τεστ", "group-card-p256",
                                    Bytes{1}, Bytes{9}),
              Bytes{1});
    EXPECT_EQ(ledger_->keepGroupKey("group group-1 of 12345678 Team Τεστ", "group-card-p256",
                                    Bytes{2}, Bytes{9}),
              Bytes{1});
    ledger_->forgetFinishedGroupKeys();
    EXPECT_TRUE(
        ledger_->groupKey("group group-1 of 12345678 Team Τεστ", "group-card-p256").has_value());
    for (const auto* chip : {"piv-1", "piv-2"}) {
        const auto claim = claimOn(chip);
        ledger_->intendKeys(claim);
        ledger_->intendGuard(claim);
        ledger_->holdLetter(claim, Bytes{1}, "hash");
        ledger_->finish(claim, "proof");
    }
    ledger_->forgetFinishedGroupKeys();
    EXPECT_FALSE(
        ledger_->groupKey("group group-1 of 12345678 Team Τεστ", "group-card-p256").has_value());
}

TEST(Ledger, saysWhichFileCannotBeOpened) {
    const StandingClock clock;
    try {
        const Ledger ledger{"/nowhere/at/all/ledger.sqlite", clock};
        FAIL() << "opened";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LedgerUnwritable);
        EXPECT_NE(std::string{failure.what()}.find("/nowhere/at/all"), std::string::npos);
    }
}

}  // namespace
}  // namespace zegel::station
