#include "hwsim/authority/certificate_text.h"
#include "station/authority/cmp_authority.h"
#include "tests/service/authority/simulated_authority.h"

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

namespace zegel::station {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using tests::SigningKey;
using tests::SimulatedAuthority;
using tests::wishFor;

class CmpFaults : public testing::Test {
protected:
    Failure failureOf(const std::function<void()>& use) {
        try {
            use();
        } catch (const Failure& failure) {
            return failure;
        }
        ADD_FAILURE() << "nothing was thrown";
        return Failure{Fault::Defect, ""};
    }

    Failure failureOfRedeem(Authority& authority) {
        return failureOf(
            [&] { authority.redeem(authority.prepare(wishFor(key_), key_.signer())); });
    }

    std::unique_ptr<PendingCertificate> ask(Authority& authority) {
        return authority.redeem(authority.prepare(wishFor(key_), key_.signer()));
    }

    SimulatedAuthority ca_;
    SigningKey key_{KeyAlgorithm::EcP256};
};

struct Rejected {
    const char* mischief;
    const char* words;
};

class CmpRejects : public CmpFaults, public testing::WithParamInterface<Rejected> {};

TEST_P(CmpRejects, namingTheFieldAndHavingItRevoked) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave(GetParam().mischief);
    try {
        ask(authority);
        FAIL() << "accepted";
    } catch (const CertificateRejected& rejected) {
        EXPECT_EQ(rejected.fault(), Fault::AuthorityRefused);
        EXPECT_THAT(rejected.what(),
                    AllOf(HasSubstr(GetParam().words), HasSubstr(ca_.url()),
                          HasSubstr("authenticity certificate of TRIAL Groep Бухгалтерия")));
        rejected.refuse();
        EXPECT_EQ(ca_.stateOf(rejected.rejected().serial), "issued rejected revoked");
    }
    ca_.misbehave("none");
    EXPECT_NO_THROW(ask(authority)->confirm());
}

INSTANTIATE_TEST_SUITE_P(
    EveryField, CmpRejects,
    testing::Values(
        Rejected{"another-key", "another public key"},
        Rejected{"wrong-subject",
                 "commonName is \"Somebody else\", not \"TRIAL Groep Бухгалтерия\""},
        Rejected{"missing-attribute", "subject lacks organizationIdentifier \"NTRNL-12345678\""},
        Rejected{"expired", "validity ended at"}, Rejected{"not-yet-valid", "validity starts at"},
        Rejected{"too-long", "validity is 3652 days, longer than the 1096"},
        Rejected{"wrong-key-usage",
                 "key usage is digitalSignature, nonRepudiation, not digitalSignature"},
        Rejected{"wrong-extended-key-usage", "extended key usage is 1.3.6.1.5.5.7.3.4, not"},
        Rejected{"wrong-policy", "certificate policy 2.16.528.1.1003.1.2.41.16.25.4 is missing"},
        Rejected{"foreign-issuer", "its issuer is not the configured CA"},
        Rejected{"authority-certificate", "CA certificate"},
        Rejected{"sha1-certificate", "signature algorithm ecdsa-with-SHA1 is too weak"}),
    [](const auto& given) {
        std::string name{given.param.mischief};
        std::erase(name, '-');
        return name;
    });

TEST_F(CmpFaults, saysThatTheCaCannotBeReached) {
    CmpAuthority authority{ca_.settings()};
    ca_.stop();
    const auto down = failureOfRedeem(authority);
    EXPECT_EQ(down.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(down.what(), AllOf(HasSubstr(ca_.url()), HasSubstr("cannot be reached"),
                                   HasSubstr("check that it runs")));
    ca_.start(ca_.port());
    EXPECT_NO_THROW(ask(authority)->confirm()) << "it works on when the CA is back";
}

TEST_F(CmpFaults, saysThatTheCaClosedTheConnection) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("down");
    const auto down = failureOfRedeem(authority);
    EXPECT_EQ(down.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(down.what(), HasSubstr(ca_.url()));
}

TEST_F(CmpFaults, tellsTheHttpStatus) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("unavailable");
    const auto busy = failureOfRedeem(authority);
    EXPECT_EQ(busy.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(busy.what(), HasSubstr("HTTP 503"));

    auto settings = ca_.settings();
    settings.url = "http://127.0.0.1:" + std::to_string(ca_.port()) + "/elsewhere";
    CmpAuthority lost{std::move(settings)};
    EXPECT_THAT(failureOfRedeem(lost).what(),
                AllOf(HasSubstr("HTTP 404"), HasSubstr("check the path")));
}

TEST_F(CmpFaults, doesNotWaitLongerThanItShould) {
    auto settings = ca_.settings();
    settings.answerTimeout = std::chrono::milliseconds{300};
    CmpAuthority authority{std::move(settings)};
    ca_.misbehave("slow 8000");
    const auto start = std::chrono::steady_clock::now();
    const auto slow = failureOfRedeem(authority);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{7});
    EXPECT_EQ(slow.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(slow.what(), HasSubstr("did not answer in time"));
}

TEST_F(CmpFaults, stopsPollingInTheEnd) {
    auto settings = ca_.settings();
    settings.issueTimeout = std::chrono::seconds{2};
    CmpAuthority authority{std::move(settings)};
    ca_.misbehave("waiting 1000 once");
    const auto start = std::chrono::steady_clock::now();
    const auto waiting = failureOfRedeem(authority);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{60});
    EXPECT_EQ(waiting.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(waiting.what(), HasSubstr("total timeout"));
}

TEST_F(CmpFaults, tellsWhatTheCaRefusesAndWhy) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("refuse");
    const auto refused = failureOfRedeem(authority);
    EXPECT_EQ(refused.fault(), Fault::AuthorityRefused);
    EXPECT_THAT(refused.what(), AllOf(HasSubstr("the organisation is not registered here"),
                                      HasSubstr("badCertTemplate"),
                                      HasSubstr("correct the order or the card profile")));
    ca_.misbehave("not-authorised");
    EXPECT_THAT(failureOfRedeem(authority).what(),
                AllOf(HasSubstr("notAuthorized"), HasSubstr("registration authority")));
}

TEST_F(CmpFaults, takesACaInTroubleForUnavailableAndNotForARefusal) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("system-failure");
    const auto trouble = failureOfRedeem(authority);
    EXPECT_EQ(trouble.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(trouble.what(), HasSubstr("systemFailure"));
}

TEST_F(CmpFaults, isRefusedForAProfileTheCaDoesNotHave) {
    CmpAuthority authority{ca_.settings()};
    auto wish = wishFor(key_);
    wish.rule.certificate.authorityProfile = "no-such-profile";
    const auto refused =
        failureOf([&] { authority.redeem(authority.prepare(wish, key_.signer())); });
    EXPECT_EQ(refused.fault(), Fault::AuthorityRefused);
    EXPECT_THAT(refused.what(), HasSubstr("no-such-profile"));
}

TEST_F(CmpFaults, isRefusedAsARegistrationAuthorityTheCaDoesNotKnow) {
    const openssl::PkeyPtr stranger{EVP_EC_gen("P-256")};
    auto settings = ca_.settings();
    settings.registrationAuthority = SimulatedAuthority::registrationCertificate(*stranger);
    settings.registrationAuthorityKey = tests::copyOf(stranger);
    CmpAuthority authority{std::move(settings)};
    const auto refused = failureOfRedeem(authority);
    EXPECT_EQ(refused.fault(), Fault::AuthorityRefused);
}

TEST_F(CmpFaults, doesNotBelieveAnExpiredSigner) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("expired-signer");
    const auto expired = failureOfRedeem(authority);
    EXPECT_EQ(expired.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(expired.what(),
                AllOf(HasSubstr("not valid today"), HasSubstr("TRIAL Zegel message signer"),
                      HasSubstr("have the CA renew it")));
}

TEST_F(CmpFaults, doesNotBelieveJustAnybodyWithACertificateOfTheCa) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("stranger-signer");
    const auto stranger = failureOfRedeem(authority);
    EXPECT_EQ(stranger.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(stranger.what(),
                AllOf(HasSubstr("not meant for it"), HasSubstr("somebody with a certificate")));
}

TEST_F(CmpFaults, doesNotBelieveAnotherCa) {
    const SimulatedAuthority other;
    auto settings = ca_.settings();
    settings.caCertificates = openssl::certificatesFromPemFile(other.chain());
    CmpAuthority authority{std::move(settings)};
    const auto foreign = failureOfRedeem(authority);
    EXPECT_EQ(foreign.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(foreign.what(), HasSubstr("cannot be believed"));
}

TEST_F(CmpFaults, doesNotBelieveSha1) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("sha1-protection");
    const auto weak = failureOfRedeem(authority);
    EXPECT_EQ(weak.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(weak.what(), AllOf(HasSubstr("ecdsa-with-SHA1"), HasSubstr("SHA-256 or better")));
}

TEST_F(CmpFaults, namesGarbage) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("garbage");
    const auto garbage = failureOfRedeem(authority);
    EXPECT_EQ(garbage.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(garbage.what(), HasSubstr("no CMP message"));
}

TEST_F(CmpFaults, asksOnceAndCanAskAgainUnderTheSameTransaction) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("lost-answer once");
    auto ticket = authority.prepare(wishFor(key_), key_.signer());
    const Bytes transaction{ticket.transaction().begin(), ticket.transaction().end()};
    const Bytes request{ticket.request().begin(), ticket.request().end()};
    const auto lost = failureOf([&] { authority.redeem(std::move(ticket)); });
    EXPECT_EQ(lost.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(lost.what(), HasSubstr("transaction"));
    const auto count = [&] {
        return tests::shell("grep -c ^issued " + (ca_.folder() / "ca/issued.txt").string()).output;
    };
    EXPECT_EQ(count(), "1\n");

    // What a ledger wrote down is enough to ask for the same certificate, also in a new process.
    CmpAuthority later{ca_.settings()};
    const auto pending = later.redeem(Ticket{transaction, request, wishFor(key_)});
    pending->confirm();
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed");
    EXPECT_EQ(count(), "1\n");
}

TEST_F(CmpFaults, confirmsThroughALineThatBreaks) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    ca_.misbehave("lost-confirmation once");
    EXPECT_NO_THROW(pending->confirm());
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed");
}

TEST_F(CmpFaults, takesAlreadyConfirmedForAConfirmation) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    ca_.misbehave("already-confirmed");
    EXPECT_NO_THROW(pending->confirm());
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed");
}

TEST_F(CmpFaults, isRefusedAConfirmationByACaThatForgotTheTransaction) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    ca_.stop();
    ca_.start(ca_.port());
    const auto refused = failureOf([&] { pending->confirm(); });
    EXPECT_EQ(refused.fault(), Fault::AuthorityUnavailable) << "the order is not at fault";
    EXPECT_THAT(refused.what(), HasSubstr("after a restart"));
    EXPECT_NO_THROW(authority.revoke(pending->certificate(), RevocationReason::Superseded));
}

TEST_F(CmpFaults, saysWhenTheConfirmationCannotBeDelivered) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    ca_.stop();
    const auto failed = failureOf([&] { pending->confirm(); });
    EXPECT_EQ(failed.fault(), Fault::AuthorityUnavailable);
    EXPECT_THAT(failed.what(),
                HasSubstr("confirming certificate " + pending->certificate().serial));
}

TEST_F(CmpFaults, refusesQuietlyWhenTheCaIsGone) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    ca_.stop();
    pending->refuse("the card was pulled");
    ca_.start(ca_.port());
    authority.revoke(pending->certificate(), RevocationReason::CessationOfOperation);
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued revoked");
}

TEST_F(CmpFaults, revokesThroughALineThatBreaks) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    pending->confirm();
    ca_.misbehave("lost-revocation once");
    EXPECT_NO_THROW(authority.revoke(pending->certificate(), RevocationReason::Superseded));
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed revoked");
}

TEST_F(CmpFaults, tellsThatARevocationIsRefused) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    pending->confirm();
    ca_.misbehave("refuse");
    const auto refused =
        failureOf([&] { authority.revoke(pending->certificate(), RevocationReason::Superseded); });
    EXPECT_EQ(refused.fault(), Fault::AuthorityRefused);
    EXPECT_THAT(refused.what(), AllOf(HasSubstr("revocation is closed today"),
                                      HasSubstr(pending->certificate().serial)));
}

TEST_F(CmpFaults, worksOnAfterTheCaRestarted) {
    CmpAuthority authority{ca_.settings()};
    const auto first = ask(authority);
    first->confirm();
    ca_.stop();
    ca_.start(ca_.port());
    EXPECT_NO_THROW(authority.revoke(first->certificate(), RevocationReason::Superseded));
    EXPECT_NO_THROW(ask(authority)->confirm());
}

/// Whether the failure says for sure that no certificate is in the world.
bool saysNotIssued(Authority& authority, const SigningKey& key) {
    try {
        authority.redeem(authority.prepare(wishFor(key), key.signer()));
    } catch (const CertificateNotIssued&) {
        return true;
    } catch (const Failure&) {
        return false;
    }
    ADD_FAILURE() << "nothing was thrown";
    return false;
}

TEST_F(CmpFaults, isSureThatNothingWasIssuedOnlyWhenNothingWasSentOrTheCaSaidNo) {
    CmpAuthority authority{ca_.settings()};
    for (const auto* refusal : {"refuse", "not-authorised"}) {
        ca_.misbehave(refusal);
        EXPECT_TRUE(saysNotIssued(authority, key_)) << refusal;
    }
    for (const auto* unsure : {"down", "unavailable", "garbage", "lost-answer", "system-failure",
                               "expired-signer", "stranger-signer", "sha1-protection"}) {
        ca_.misbehave(unsure);
        EXPECT_FALSE(saysNotIssued(authority, key_)) << unsure;
    }
    ca_.stop();
    EXPECT_TRUE(saysNotIssued(authority, key_)) << "nobody takes the call";
}

TEST_F(CmpFaults, tellsWhetherTheCaIsWellWithoutACertificate) {
    CmpAuthority authority{ca_.settings()};
    EXPECT_NO_THROW(authority.expectAnswering());
    ca_.misbehave("refuse");
    EXPECT_NO_THROW(authority.expectAnswering()) << "it answers, and is believed";
    for (const auto* unwell :
         {"down", "unavailable", "garbage", "expired-signer", "stranger-signer"}) {
        ca_.misbehave(unwell);
        EXPECT_EQ(failureOf([&] { authority.expectAnswering(); }).fault(),
                  Fault::AuthorityUnavailable)
            << unwell;
    }
    ca_.stop();
    EXPECT_THAT(failureOf([&] { authority.expectAnswering(); }).what(),
                HasSubstr("cannot be reached"));
    EXPECT_EQ(tests::shell("grep -c ^issued " + (ca_.folder() / "ca/issued.txt").string()).output,
              "0\n");
}

TEST_F(CmpFaults, givesUpAHangingCallWhenTheStationStops) {
    for (const auto* hang : {"slow 20000", "waiting 1000"}) {
        CmpAuthority authority{ca_.settings()};
        ca_.misbehave(hang);
        auto ticket = authority.prepare(wishFor(key_), key_.signer());
        std::jthread stopping{[&] {
            std::this_thread::sleep_for(std::chrono::milliseconds{200});
            authority.windUp();
        }};
        const auto start = std::chrono::steady_clock::now();
        const auto given = failureOf([&] { authority.redeem(std::move(ticket)); });
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{15}) << hang;
        EXPECT_EQ(given.fault(), Fault::AuthorityUnavailable);
    }
}

TEST_F(CmpFaults, hearsACaThatAnswersWhenTheStationStops) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    authority.windUp();
    EXPECT_NO_THROW(pending->confirm());
    EXPECT_NO_THROW(authority.revoke(pending->certificate(), RevocationReason::Superseded));
}

TEST_F(CmpFaults, seesAConfirmationThroughWhenTheStationStopsAndAnotherCallHung) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    const auto second = ask(authority);
    ca_.misbehave("slow 2500");
    {
        std::jthread stopping{[&] {
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
            authority.windUp();
        }};
        EXPECT_EQ(failureOfRedeem(authority).fault(), Fault::AuthorityUnavailable)
            << "a request is not waited for";
    }
    EXPECT_NO_THROW(pending->confirm()) << "its card is proved";
    ca_.misbehave("lost-confirmation once");
    EXPECT_NO_THROW(second->confirm()) << "said again";
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed");
    EXPECT_EQ(ca_.stateOf(second->certificate().serial), "issued confirmed");
    EXPECT_THAT(failureOfRedeem(authority).what(), HasSubstr("the station stops"));
}

TEST_F(CmpFaults, revokesByTheSerialAloneInWhateverOrderTheCaCertificatesStand) {
    for (const bool rootFirst : {false, true}) {
        auto settings = ca_.settings();
        ASSERT_EQ(settings.caCertificates.size(), 2U);
        const auto isRoot = [](const openssl::CertificatePtr& one) {
            return X509_check_issued(one.get(), one.get()) == X509_V_OK;
        };
        std::ranges::sort(settings.caCertificates, [&](const auto& one, const auto& other) {
            return isRoot(one) != isRoot(other) && isRoot(one) == rootFirst;
        });
        CmpAuthority authority{std::move(settings)};
        const auto pending = ask(authority);
        pending->confirm();
        const auto serial = pending->certificate().serial;
        authority.revoke({Purpose::Authenticity, {}, serial, {}, {}}, RevocationReason::Superseded);
        EXPECT_EQ(ca_.stateOf(serial), "issued confirmed revoked");
    }
}

TEST_F(CmpFaults, saysThatTheRootAloneIsNotEnough) {
    auto settings = ca_.settings();
    std::erase_if(settings.caCertificates, [](const openssl::CertificatePtr& one) {
        return X509_check_issued(one.get(), one.get()) != X509_V_OK;
    });
    ASSERT_EQ(settings.caCertificates.size(), 1U);
    CmpAuthority authority{std::move(settings)};
    EXPECT_THAT(failureOfRedeem(authority).what(), HasSubstr("the issuing CA's own certificate"));
}

TEST_F(CmpFaults, revokesByTheSerialAlone) {
    CmpAuthority authority{ca_.settings()};
    const auto pending = ask(authority);
    pending->confirm();
    const auto serial = pending->certificate().serial;
    authority.revoke({Purpose::Authenticity, {}, serial, {}, {}}, RevocationReason::Superseded);
    EXPECT_EQ(ca_.stateOf(serial), "issued confirmed revoked");
}

/// Takes one call and lets its answer drip, an octet every 50 ms, without end.
class Drip {
public:
    Drip() : socket_(Poco::Net::SocketAddress{"127.0.0.1", 0}) {}
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(socket_.address().port()) + "/cmp";
    }

private:
    void run(const std::stop_token& stop) try {
        auto caller = socket_.acceptConnection();
        const std::string head = "HTTP/1.1 200 OK\r\nX-Slow: ";
        for (std::size_t at = 0; !stop.stop_requested(); ++at) {
            caller.sendBytes(at < head.size() ? &head[at] : "z", 1);
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        }
    } catch (const Poco::Exception&) {
        // the caller went away
    }

    Poco::Net::ServerSocket socket_;
    std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

TEST_F(CmpFaults, doesNotWaitForAnAnswerThatDrips) {
    const Drip drip;
    auto settings = ca_.settings();
    settings.url = drip.url();
    settings.answerTimeout = std::chrono::milliseconds{500};
    CmpAuthority authority{std::move(settings)};
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THAT(failureOfRedeem(authority).what(), HasSubstr("did not answer in time"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{60})
        << "it has no end";
}

/// Takes one message, keeps it, and hangs up.
class Listener {
public:
    Listener() : socket_(Poco::Net::SocketAddress{"127.0.0.1", 0}) {}
    std::string url() const {
        return "http://127.0.0.1:" + std::to_string(socket_.address().port()) + "/cmp";
    }
    std::string heard() {
        thread_.join();
        return heard_;
    }

private:
    void run() {
        auto caller = socket_.acceptConnection();
        std::array<char, 4096> octets{};
        while (!isWhole()) {
            const int size = caller.receiveBytes(octets.data(), static_cast<int>(octets.size()));
            if (size <= 0) return;
            heard_.append(octets.data(), static_cast<std::size_t>(size));
        }
    }

    bool isWhole() const {
        const std::string name = "Content-Length: ";
        const auto head = heard_.find("\r\n\r\n");
        const auto length = heard_.find(name);
        if (head == std::string::npos || length > head) return false;
        return heard_.size() >= head + 4 + std::stoul(heard_.substr(length + name.size()));
    }

    Poco::Net::ServerSocket socket_;
    std::string heard_;
    std::jthread thread_{[this] { run(); }};
};

openssl::CertificatePtr registrar(const char* name, const char* issuerName, EVP_PKEY* key,
                                  EVP_PKEY* issuerKey, bool above) {
    auto made = hwsim::startCertificate(hwsim::authorityName(name).get(),
                                        hwsim::authorityName(issuerName).get());
    hwsim::setKey(*made, key);
    const auto now = hwsim::present();
    hwsim::setValidity(*made, now - std::chrono::hours{1}, now + std::chrono::hours{1});
    hwsim::addExtension(*made, *made, NID_basic_constraints,
                        above ? "critical,CA:TRUE" : "critical,CA:FALSE");
    hwsim::addExtension(*made, *made, NID_key_usage,
                        above ? "critical,keyCertSign" : "critical,digitalSignature");
    X509_sign(made.get(), issuerKey, EVP_sha256());
    return made;
}

TEST_F(CmpFaults, tellsTheCaWhatStandsAboveTheRegistrationAuthorityWhenItIsGiven) {
    const openssl::PkeyPtr rootKey{EVP_EC_gen("P-256")};
    const openssl::PkeyPtr aboveKey{EVP_EC_gen("P-256")};
    for (const bool given : {false, true}) {
        Listener listener;
        auto settings = ca_.settings();
        settings.url = listener.url();
        auto above = registrar("Registrars", "Root", aboveKey.get(), rootKey.get(), true);
        settings.registrationAuthority =
            registrar("Station", "Registrars", settings.registrationAuthorityKey.get(),
                      aboveKey.get(), false);
        const auto ours = openssl::toDer(*settings.registrationAuthority);
        const auto theirs = openssl::toDer(*above);
        if (given) settings.aboveRegistrationAuthority.push_back(std::move(above));
        CmpAuthority authority{std::move(settings)};
        failureOfRedeem(authority);
        const auto heard = listener.heard();
        const auto holds = [&](const Bytes& der) {
            return heard.find(std::string{der.begin(), der.end()}) != std::string::npos;
        };
        EXPECT_TRUE(holds(ours));
        EXPECT_EQ(holds(theirs), given);
    }
}

class CmpSettings : public CmpFaults {
protected:
    std::string refusalOf(const std::function<void(AuthoritySettings&)>& spoil) {
        auto settings = ca_.settings();
        spoil(settings);
        const auto refused = failureOf([&] { CmpAuthority{std::move(settings)}; });
        EXPECT_EQ(refused.fault(), Fault::SettingUnusable);
        return refused.what();
    }
};

TEST_F(CmpSettings, areRefusedOneByOne) {
    EXPECT_THAT(refusalOf([](auto& s) { s.url = "https://ca.example/cmp"; }),
                HasSubstr("http://host:port/path"));
    EXPECT_THAT(refusalOf([](auto& s) { s.url = "ca.example:80"; }), HasSubstr("ca.example:80"));
    EXPECT_THAT(refusalOf([](auto& s) { s.caCertificates.clear(); }),
                HasSubstr("no CA certificate"));
    EXPECT_THAT(refusalOf([](auto& s) { s.registrationAuthorityKey.reset(); }),
                HasSubstr("missing"));
    EXPECT_THAT(refusalOf([](auto& s) { s.registrationAuthorityKey.reset(EVP_EC_gen("P-256")); }),
                HasSubstr("does not belong to its certificate"));
    EXPECT_THAT(refusalOf([](auto& s) {
                    const auto now = SystemClock{}.now();
                    s.registrationAuthority = pkcs11::selfSignedCertificate(
                        *s.registrationAuthorityKey, {"NL", "Z", "RA", "digitalSignature", {}},
                        now - std::chrono::days{2}, now - std::chrono::days{1});
                }),
                HasSubstr("not valid today"));
    EXPECT_THAT(refusalOf([](auto& s) {
                    const auto now = SystemClock{}.now();
                    s.registrationAuthority = pkcs11::selfSignedCertificate(
                        *s.registrationAuthorityKey, {"NL", "Z", "RA", "keyAgreement", {}},
                        now - std::chrono::days{2}, now + std::chrono::days{1});
                }),
                HasSubstr("digitalSignature"));
    EXPECT_THAT(refusalOf([](auto& s) {
                    s.caCertificates.clear();
                    s.caCertificates.push_back(
                        openssl::certificateFromDer(openssl::toDer(*s.registrationAuthority)));
                }),
                HasSubstr("not a CA's"));
}

}  // namespace
}  // namespace zegel::station
