#include "station/desk/crl_watch.h"

#include "station/authority/revocation_list.h"
#include "tests/unit/authority/made_crl.h"
#include "tests/unit/ledger/issued_card.h"

#include <gmock/gmock.h>

#include <functional>
#include <utility>

namespace zegel::station {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using tests::CrlWish;
using tests::MadeCa;
using tests::madeCrl;

/// A card whose revocation the CA confirmed, and the list that it publishes. The clock is the
/// day's, since lists are.
class Watch : public IssuedCards {
protected:
    Watch() {
        clock_.time = SystemClock{}.now();
        card("O1");
        ledger_->revocations().revoke(
            {"R-1", OrderId{"O1"}, "keyCompromise", {"ZG", {"Portal", "sha256:01"}}});
        for (const auto& certificate : ledger_->revocationsWanted())
            ledger_->recordRevoked(certificate.row, certificate.serial);
    }

    void publish(const CrlWish& wish) { published_ = madeCrl(ca_, wish); }
    void look() {
        pass(rules_.lookEvery);
        watch_.round();
    }
    std::vector<std::string> states() {
        std::vector<std::string> names;
        for (const auto& certificate : certificatesOf("O1"))
            names.emplace_back(nameOf(certificate.state));
        return names;
    }

    MadeCa ca_{"Issuing CA"};
    std::vector<openssl::CertificatePtr> trusted_ = ca_.trusted();
    Bytes published_ = madeCrl(ca_, {});
    std::string away_;
    std::function<void()> meanwhile_;  ///< what happens while a list comes
    int looks_ = 0;
    std::vector<std::string> said_;
    const CrlWatch::Rules rules_{seconds{60}, minutes{10}};
    CrlWatch watch_{*ledger_,
                    {{"http://ca/crl",
                      [this] {
                          ++looks_;
                          if (meanwhile_) std::exchange(meanwhile_, {})();
                          if (!away_.empty()) throw Failure{Fault::AuthorityUnavailable, away_};
                          return published_;
                      }}},
                    trusted_,
                    clock_,
                    rules_,
                    [this](const std::string& news) { said_.push_back(news); }};
};

TEST_F(Watch, findsRevokedCertificatesOneByOneAndThenLooksNoMore) {
    look();
    EXPECT_THAT(states(), testing::Each("revoked"));
    publish({.revoked = {{0x0A01, 1}}});
    look();
    EXPECT_THAT(states(), testing::ElementsAre("in-crl", "revoked"));
    publish({.revoked = {{0x0A01, 1}, {0x0A02, 1}}});
    look();
    EXPECT_THAT(states(), testing::Each("in-crl"));
    EXPECT_THAT(watch_.open(), IsEmpty());
    const int before = looks_;
    look();
    EXPECT_EQ(looks_, before);
}

TEST_F(Watch, looksNoOftenerThanItMay) {
    look();
    for (int soon = 0; soon < 50; ++soon) {
        pass(seconds{1});
        watch_.round();
    }
    EXPECT_EQ(looks_, 1);
    pass(seconds{10});
    watch_.round();
    EXPECT_EQ(looks_, 2);
    clock_.time -= std::chrono::hours{3};
    watch_.round();
    EXPECT_EQ(looks_, 3) << "a clock that was set back holds it up for no longer";
}

TEST_F(Watch, callsAPersonWhenACertificateIsMissingTooLong) {
    look();
    EXPECT_THAT(watch_.open(), IsEmpty());
    pass(minutes{9});
    look();
    ASSERT_THAT(watch_.open(), SizeIs(2));
    const auto matter = watch_.open().front();
    EXPECT_EQ(matter.kind, OpenMatter::Kind::NotInCrl);
    EXPECT_EQ(matter.order, OrderId{"O1"});
    EXPECT_EQ(matter.reference, "0A01");
    EXPECT_THAT(matter.said, HasSubstr("its CRL does not list it"));
    publish({.revoked = {{0x0A01, 1}, {0x0A02, 1}}});
    look();
    EXPECT_THAT(watch_.open(), IsEmpty());
}

TEST_F(Watch, callsAPersonAtOnceWhenTheReasonIsAnother) {
    publish({.revoked = {{0x0A01, 6}, {0x0A02, 1}}});
    look();
    EXPECT_THAT(states(), testing::ElementsAre("revoked", "in-crl"));
    ASSERT_THAT(watch_.open(), SizeIs(1));
    EXPECT_THAT(watch_.open().front().said,
                HasSubstr("lists it as certificateHold, and it was revoked as keyCompromise"));
}

TEST_F(Watch, believesNoListThatTheCaDidNotSign) {
    const MadeCa namesake{"Issuing CA"};
    published_ = madeCrl(ca_, {.revoked = {{0x0A01, 1}, {0x0A02, 1}}}, namesake.key());
    look();
    EXPECT_THAT(states(), testing::Each("revoked"));
    pass(minutes{10});
    look();
    ASSERT_THAT(watch_.open(), SizeIs(2));
    EXPECT_THAT(watch_.open().front().said,
                HasSubstr("the CRL at http://ca/crl is not signed by the CA"));
    EXPECT_THAT(said_, SizeIs(1)) << "said once";
    EXPECT_THAT(said_.front(), HasSubstr("[authority-unavailable]"));
}

// The CA told of other certificates under these transactions after all.
TEST_F(Watch, recordsNothingOfACertificateThatBecameAnotherWhileTheListCame) {
    publish({.revoked = {{0x0A01, 1}, {0x0A02, 1}}});
    const auto rows = certificatesOf("O1");
    meanwhile_ = [&] {
        for (const auto& [row, serial] : {std::pair{rows[0].row, "0C01"}, {rows[1].row, "0C02"}})
            ledger_->recordIssuedInVain(row, {Bytes{0x30}, serial, {}, {}});
        ledger_->recordRevoked(rows[1].row, "0C02");
    };
    look();
    EXPECT_THAT(states(), testing::ElementsAre("revocation-wanted", "revoked"));
    EXPECT_THAT(said_, IsEmpty());
}

TEST_F(Watch, waitsForAServerThatIsAway) {
    away_ = "did not come in time";
    look();
    look();
    EXPECT_THAT(said_, SizeIs(1));
    away_.clear();
    publish({.revoked = {{0x0A01, 1}, {0x0A02, 1}}});
    look();
    EXPECT_THAT(states(), testing::Each("in-crl"));
}

TEST_F(Watch, takesAnyReasonForACardThatWasNeverIssued) {
    ledger_->accept({BatchId{"B-O2"}, {order("O2")}, {}}, "O2");
    const std::vector<std::string> profiles{"group-card-p256"};
    const auto claim =
        ledger_->claim({ChipSerial{"piv-2"}, "piv", "5.7.1"}, profiles, "ZG").value();
    ledger_->intendKeys(claim);
    const auto row = ledger_->intendCertificate(claim, Purpose::Authenticity, bytesOf("t"), {});
    ledger_->recordIssued(row, {{}, "0B01", clock_.now(), clock_.now() + std::chrono::hours{24}});
    ledger_->spoil(claim, OrderState::Queued, "it broke", true);
    ledger_->recordRevoked(row, "0B01");
    publish({.revoked = {{0x0B01, 0}}});  // as a CA does for a certificate that is refused
    look();
    EXPECT_EQ(certificatesOf("O2").front().state, CertificateState::InCrl);
}

}  // namespace
}  // namespace zegel::station
