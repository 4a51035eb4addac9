#include "station/authority/patient_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace zegel::station {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

class StandingClock final : public Clock {
public:
    TimePoint now() const override { return time; }
    TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}};
};

class Pending final : public PendingCertificate {
public:
    explicit Pending(std::optional<Fault> fails) : fails_(fails) {}
    const IssuedCertificate& certificate() const noexcept override { return certificate_; }
    void confirm() override {
        if (fails_) throw Failure{*fails_, "no confirmation"};
    }
    void refuse(const std::string&) noexcept override {}

private:
    std::optional<Fault> fails_;
    IssuedCertificate certificate_;
};

/// Says what it is told to say.
class ToldAuthority final : public Authority {
public:
    Ticket prepare(CertificateWish wish, const RequestSigner&) override {
        return Ticket{Bytes(16), Bytes{0x30}, std::move(wish)};
    }
    std::unique_ptr<PendingCertificate> redeem(Ticket&&) override {
        ++asked;
        answer("HTTP 503");
        return std::make_unique<Pending>(confirmation);
    }
    void expectAnswering() override {
        ++probed;
        answer("still HTTP 503");
    }
    void revoke(const IssuedCertificate& certificate, RevocationReason) override {
        answer("HTTP 503");
        if (certificate.serial == "BAD") throw Failure{Fault::AuthorityUnavailable, "HTTP 500"};
    }
    void answer(const char* words) const {
        if (fault) throw Failure{*fault, words};
    }

    std::optional<Fault> fault;
    std::optional<Fault> confirmation;
    int asked = 0;
    int probed = 0;
};

class PatientAuthorityTest : public testing::Test {
protected:
    Ticket ticket() { return patient.prepare({}, {}); }
    void walk() {
        patient.expectAnswering();
        const auto turn = patient.takeTurn();
        patient.redeem(ticket())->confirm();
    }
    /// How long after a failed try the next one is.
    seconds pauseAfterTry() {
        EXPECT_THROW(walk(), Failure);
        return patient.condition().nextTry - clock.time;
    }

    StandingClock clock;
    ToldAuthority told;
    PatientAuthority patient{told, clock};
};

TEST_F(PatientAuthorityTest, asksNothingMoreOfACaThatIsWell) {
    walk();
    EXPECT_EQ(told.probed, 0);
    EXPECT_FALSE(patient.condition().isWaitedFor);
}

TEST_F(PatientAuthorityTest, waitsLongerEachTimeAndStartsAfreshAfterACard) {
    told.fault = Fault::AuthorityUnavailable;
    for (const int expected : {5, 10, 20, 40, 80, 160, 300, 300}) {
        EXPECT_EQ(pauseAfterTry(), seconds{expected});
        clock.time += seconds{expected};
    }
    told.fault.reset();
    walk();
    EXPECT_EQ(patient.condition(), AuthorityCondition{});
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_EQ(pauseAfterTry(), seconds{5});
}

TEST_F(PatientAuthorityTest, saysWhyItWaitsAndUntilWhen) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    clock.time += seconds{4};
    try {
        patient.expectAnswering();
        FAIL() << "let through";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::AuthorityUnavailable);
        EXPECT_THAT(failure.what(), AllOf(HasSubstr("HTTP 503"), HasSubstr("00:00:05Z")));
    }
    EXPECT_EQ(told.asked, 1);
    EXPECT_EQ(told.probed, 0);
}

TEST_F(PatientAuthorityTest, triesNoCardBeforeTheCaIsWellAgain) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    clock.time += seconds{5};
    EXPECT_THROW(walk(), Failure);
    EXPECT_EQ(told.probed, 1);
    EXPECT_EQ(told.asked, 1) << "the first walk's";
}

TEST_F(PatientAuthorityTest, letsOneCardThroughAfterAPause) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    clock.time += seconds{5};
    told.fault.reset();
    const auto turn = patient.takeTurn();
    EXPECT_THROW(patient.takeTurn(), Failure) << "another reader waits for the first one";
    EXPECT_THROW(patient.expectAnswering(), Failure);
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(patient.redeem(ticket()), Failure);
    EXPECT_EQ(patient.condition().nextTry - clock.time, seconds{10}) << "the trial failed";
}

TEST_F(PatientAuthorityTest, givesTheTrialToAnotherCardWhenTheFirstAskedNothing) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    clock.time += seconds{5};
    told.fault.reset();
    patient.expectAnswering();
    patient.expectAnswering();  // to look is not to take
    patient.takeTurn();         // a card that turns out bad
    EXPECT_NO_THROW(walk());
    EXPECT_FALSE(patient.condition().isWaitedFor);
}

TEST_F(PatientAuthorityTest, keepsATrialThatFailedSpent) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    clock.time += seconds{5};
    told.fault.reset();
    {
        const auto turn = patient.takeTurn();
        told.fault = Fault::AuthorityUnavailable;
        EXPECT_THROW(patient.redeem(ticket()), Failure);
    }
    EXPECT_THROW(patient.expectAnswering(), Failure);
}

TEST_F(PatientAuthorityTest, letsEveryCardThroughAsSoonAsOneHasItsCertificate) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    clock.time += seconds{5};
    told.fault.reset();
    const auto turn = patient.takeTurn();
    const auto pending = patient.redeem(ticket());  // and the card takes its time
    EXPECT_NO_THROW(patient.takeTurn());
    EXPECT_FALSE(patient.condition().isWaitedFor);
}

TEST_F(PatientAuthorityTest, makesNobodyWaitForOneCertificateThatCannotBeRevoked) {
    const IssuedCertificate bad{Purpose::Authenticity, {}, "BAD", {}, {}};
    EXPECT_THROW(patient.revoke(bad, RevocationReason::Superseded), Failure);
    EXPECT_EQ(told.probed, 1);
    EXPECT_TRUE(patient.isDue());
    EXPECT_FALSE(patient.condition().isWaitedFor);
}

TEST_F(PatientAuthorityTest, waitsForACaThatAnswersNothing) {
    told.fault = Fault::AuthorityUnavailable;
    for (const int expected : {5, 10, 20}) {
        EXPECT_THROW(patient.redeemAgain(ticket()), Failure);
        EXPECT_FALSE(patient.isDue());
        EXPECT_TRUE(patient.condition().isWaitedFor) << "no card is tried either";
        clock.time += seconds{expected - 1};
        EXPECT_FALSE(patient.isDue());
        clock.time += seconds{1};
        EXPECT_TRUE(patient.isDue());
    }
}

TEST_F(PatientAuthorityTest, revokesWhileItWaitsForACardsCertificate) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    EXPECT_TRUE(patient.isDue()) << "one profile in trouble is not the whole CA";
}

TEST_F(PatientAuthorityTest, countsTheAnswersToOneCardOnce) {
    told.fault = Fault::AuthorityUnavailable;
    for (int request = 0; request < 3; ++request)
        EXPECT_THROW(patient.redeem(ticket()), Failure);
    EXPECT_EQ(patient.condition().nextTry - clock.time, seconds{5});
}

TEST_F(PatientAuthorityTest, waitsForACaThatRefusesOneOrderAfterTheOther) {
    told.fault = Fault::AuthorityRefused;
    EXPECT_EQ(pauseAfterTry(), seconds{5});
    EXPECT_TRUE(patient.isDue()) << "what is to be revoked does not wait for it";
    clock.time += seconds{5};
    EXPECT_EQ(pauseAfterTry(), seconds{10});
    EXPECT_EQ(told.probed, 0) << "that it answers is known";
}

TEST_F(PatientAuthorityTest, waitsForACaThatTakesNoConfirmation) {
    told.confirmation = Fault::AuthorityUnavailable;
    EXPECT_EQ(pauseAfterTry(), seconds{5});
    clock.time += seconds{5};
    EXPECT_EQ(pauseAfterTry(), seconds{10});
}

TEST_F(PatientAuthorityTest, isNotMadeToWaitByARefusalToTellAgain) {
    told.fault = Fault::AuthorityRefused;
    EXPECT_THROW(patient.redeemAgain(ticket()), Failure);
    EXPECT_FALSE(patient.condition().isWaitedFor);
}

TEST_F(PatientAuthorityTest, triesACardAtOnceWhenALostAnswerCameAfterAll) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    told.fault.reset();
    patient.redeemAgain(ticket());
    EXPECT_NO_THROW(walk());
}

TEST_F(PatientAuthorityTest, doesNotWaitForHoursWhenTheClockWasSetBack) {
    told.fault = Fault::AuthorityUnavailable;
    EXPECT_THROW(walk(), Failure);
    clock.time -= std::chrono::hours{3};
    told.fault.reset();
    EXPECT_NO_THROW(walk());
}

}  // namespace
}  // namespace zegel::station
