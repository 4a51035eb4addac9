#include "station/authority/cmp_authority.h"

#include "drivers/pkcs11/key_making.h"
#include "drivers/pkcs11/token_private_key.h"
#include "tests/service/authority/simulated_authority.h"
#include "tests/unit/pkcs11/soft_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace zegel::station {
namespace {

using testing::HasSubstr;
using tests::shell;
using tests::SigningKey;
using tests::SimulatedAuthority;
using tests::wishFor;

class CmpAuthorityWorks : public testing::Test {
protected:
    std::unique_ptr<PendingCertificate> ask(Authority& authority, const SigningKey& key,
                                            const CertificateWish& wish) {
        return authority.redeem(authority.prepare(wish, key.signer()));
    }

    std::string fileOf(const IssuedCertificate& certificate) {
        const auto file = ca_.folder() / (certificate.serial + ".pem");
        std::ofstream{file} << pkcs11::toPem(*openssl::certificateFromDer(certificate.der));
        return file.string();
    }

    SimulatedAuthority ca_;
};

struct Variant {
    const char* name;
    Purpose purpose;
    KeyAlgorithm algorithm;
    SignatureScheme scheme;
    const char* purposeLine;
};

class CmpAuthorityIssues : public CmpAuthorityWorks, public testing::WithParamInterface<Variant> {};

TEST_P(CmpAuthorityIssues, aCertificateThatOpensslVerifies) {
    CmpAuthority authority{ca_.settings()};
    const SigningKey key{GetParam().algorithm};
    const auto pending = ask(
        authority, key, wishFor(key, GetParam().purpose, GetParam().algorithm, GetParam().scheme));
    const auto file = fileOf(pending->certificate());
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued");
    pending->confirm();
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed");

    const auto verified = shell("openssl verify -x509_strict -CAfile " + ca_.chain() + " " + file);
    EXPECT_EQ(verified.status, 0) << verified.output;
    const auto told = shell("openssl x509 -in " + file +
                            " -noout -subject -nameopt utf8,sep_comma_plus_space -purpose");
    EXPECT_THAT(told.output, HasSubstr("CN=TRIAL Groep Бухгалтерия"));
    EXPECT_THAT(told.output, HasSubstr("O=Gemeente Ås en Zë"));
    EXPECT_THAT(told.output, HasSubstr("organizationIdentifier=NTRNL-12345678"));
    EXPECT_THAT(told.output, HasSubstr(GetParam().purposeLine));
}

INSTANTIATE_TEST_SUITE_P(
    Profiles, CmpAuthorityIssues,
    testing::Values(Variant{"P256Authenticity", Purpose::Authenticity, KeyAlgorithm::EcP256,
                            SignatureScheme::EcdsaSha256, "SSL client : No"},
                    Variant{"P256Authentication", Purpose::Authentication, KeyAlgorithm::EcP256,
                            SignatureScheme::EcdsaSha256, "SSL client : Yes"},
                    Variant{"P384Authentication", Purpose::Authentication, KeyAlgorithm::EcP384,
                            SignatureScheme::EcdsaSha384, "SSL client : Yes"},
                    Variant{"P256Confidentiality", Purpose::Confidentiality, KeyAlgorithm::EcP256,
                            SignatureScheme::EcdsaSha256, "SSL client : No"},
                    Variant{"Rsa2048Confidentiality", Purpose::Confidentiality,
                            KeyAlgorithm::Rsa2048, SignatureScheme::RsaPkcs1Sha256,
                            "SSL client : No"},
                    Variant{"Rsa3072PssAuthentication", Purpose::Authentication,
                            KeyAlgorithm::Rsa3072, SignatureScheme::RsaPssSha512,
                            "SSL client : Yes"}),
    [](const auto& given) { return std::string{given.param.name}; });

TEST_F(CmpAuthorityWorks, tellsWhatTheLedgerKeeps) {
    CmpAuthority authority{ca_.settings()};
    const SigningKey key{KeyAlgorithm::EcP256};
    const auto pending = ask(authority, key, wishFor(key));
    const auto& issued = pending->certificate();
    const auto told = shell("openssl x509 -noout -serial -in " + fileOf(issued));
    EXPECT_EQ(told.output, "serial=" + issued.serial + "\n");
    EXPECT_EQ(issued.serial.size(), 40U);
    EXPECT_EQ(issued.purpose, Purpose::Authenticity);
    EXPECT_EQ(std::chrono::round<std::chrono::days>(issued.notAfter - issued.notBefore),
              std::chrono::days{1095});
    pending->refuse("test over");
}

TEST_F(CmpAuthorityWorks, revokesWhatTheStationRefuses) {
    CmpAuthority authority{ca_.settings()};
    const SigningKey key{KeyAlgorithm::EcP256};
    const auto pending = ask(authority, key, wishFor(key));
    pending->refuse("the card was pulled");
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued rejected revoked");
}

TEST_F(CmpAuthorityWorks, refusesWhatIsForgotten) {
    CmpAuthority authority{ca_.settings()};
    const SigningKey key{KeyAlgorithm::EcP256};
    std::string serial;
    {
        const auto pending = ask(authority, key, wishFor(key));
        serial = pending->certificate().serial;
    }
    EXPECT_EQ(ca_.stateOf(serial), "issued rejected revoked");
}

TEST_F(CmpAuthorityWorks, letsACertificateWaitLongerThanTheCaMayTake) {
    auto settings = ca_.settings();
    settings.issueTimeout = std::chrono::seconds{4};
    CmpAuthority authority{std::move(settings)};
    const SigningKey key{KeyAlgorithm::EcP256};
    const auto pending = ask(authority, key, wishFor(key));
    std::this_thread::sleep_for(std::chrono::milliseconds{4100});  // a slow card
    pending->confirm();
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed");
}

TEST_F(CmpAuthorityWorks, pollsWhileTheCaLetsItWait) {
    CmpAuthority authority{ca_.settings()};
    ca_.misbehave("waiting 2 once");
    const SigningKey key{KeyAlgorithm::EcP256};
    const auto pending = ask(authority, key, wishFor(key));
    pending->confirm();
    EXPECT_EQ(ca_.stateOf(pending->certificate().serial), "issued confirmed");
}

TEST_F(CmpAuthorityWorks, outlivesTheAuthorityObjectWhileACertificateWaits) {
    auto authority = std::make_unique<CmpAuthority>(ca_.settings());
    const SigningKey key{KeyAlgorithm::EcP256};
    const auto pending = ask(*authority, key, wishFor(key));
    authority.reset();
    EXPECT_NO_THROW(pending->confirm());
}

TEST_F(CmpAuthorityWorks, revokesForEveryReasonByItsName) {
    CmpAuthority authority{ca_.settings()};
    const SigningKey key{KeyAlgorithm::EcP256};
    struct Expected {
        RevocationReason reason;
        const char* words;
    };
    for (const auto& [reason, words] :
         {Expected{RevocationReason::KeyCompromise, "Key Compromise"},
          Expected{RevocationReason::AffiliationChanged, "Affiliation Changed"},
          Expected{RevocationReason::Superseded, "Superseded"},
          Expected{RevocationReason::CessationOfOperation, "Cessation Of Operation"},
          Expected{RevocationReason::CertificateHold, "Certificate Hold"},
          Expected{RevocationReason::PrivilegeWithdrawn, "Privilege Withdrawn"}}) {
        const auto pending = ask(authority, key, wishFor(key));
        pending->confirm();
        authority.revoke(pending->certificate(), reason);
        EXPECT_NO_THROW(authority.revoke(pending->certificate(), reason)) << "revoked already";

        const auto list = (ca_.folder() / "ca" / "crl.der").string();
        const auto told =
            shell("openssl crl -inform DER -noout -text -CAfile " + ca_.chain() + " -in " + list);
        EXPECT_THAT(told.output, HasSubstr("verify OK"));
        const auto entry = told.output.find("Serial Number: " + pending->certificate().serial);
        ASSERT_NE(entry, std::string::npos) << told.output;
        EXPECT_THAT(told.output.substr(entry, 400), HasSubstr(words));

        const auto bundle = (ca_.folder() / "with-crl.pem").string();
        shell("(cat " + ca_.chain() + "; openssl crl -inform DER -in " + list + ") > " + bundle);
        const auto verified = shell("openssl verify -crl_check -CAfile " + bundle + " " +
                                    fileOf(pending->certificate()));
        EXPECT_THAT(verified.output, HasSubstr("certificate revoked"));
    }
}

TEST_F(CmpAuthorityWorks, servesEightThreadsWithTwentyCertificatesEach) {
    CmpAuthority authority{ca_.settings()};
    std::mutex mutex;
    std::set<std::string> serials;
    std::atomic<int> failed = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                const SigningKey key{KeyAlgorithm::EcP256};
                for (int n = 0; n < 20; ++n) {
                    try {
                        const auto pending = ask(authority, key, wishFor(key));
                        pending->confirm();
                        const std::lock_guard lock{mutex};
                        serials.insert(pending->certificate().serial);
                    } catch (const Failure& failure) {
                        ADD_FAILURE() << failure.what();
                        ++failed;
                    }
                }
            });
        }
    }
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(serials.size(), 160U);
    for (const auto& serial : serials) {
        EXPECT_EQ(ca_.stateOf(serial), "issued confirmed");
    }
}

/// Connections to the CA that this machine holds open, as its kernel tells them.
std::size_t connectionsTo(std::uint16_t port) {
    std::ifstream table{"/proc/net/tcp"};
    std::size_t open = 0;
    std::string line;
    std::getline(table, line);
    while (std::getline(table, line)) {
        std::istringstream words{line};
        std::string number, local, remote, state;
        words >> number >> local >> remote >> state;
        const auto remotePort = std::stoul(remote.substr(remote.find(':') + 1), nullptr, 16);
        if (state == "01" && remotePort == port) ++open;
    }
    return open;
}

TEST_F(CmpAuthorityWorks, holdsNoMoreLinesThanItMay) {
    auto settings = ca_.settings();
    settings.lines = 2;
    settings.answerTimeout = std::chrono::seconds{60};
    settings.issueTimeout = std::chrono::seconds{60};
    CmpAuthority authority{std::move(settings)};
    ca_.misbehave("slow 20");
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                const SigningKey key{KeyAlgorithm::EcP256};
                for (int n = 0; n < 3; ++n)
                    EXPECT_NO_THROW(ask(authority, key, wishFor(key))->confirm());
            });
        }
    }
    EXPECT_GE(connectionsTo(ca_.port()), 1U);
    EXPECT_LE(connectionsTo(ca_.port()), 2U) << "they stay open for the next message";
}

TEST_F(CmpAuthorityWorks, signsItsMessagesWithAKeyInAToken) {
    const tests::SoftToken soft;
    const auto token = soft.open();
    pkcs11::makeKeyPair(*token, "registration", KeyAlgorithm::EcP256, pkcs11::KeyPairUse::Sign);
    const auto key = pkcs11::tokenPrivateKey(token, "registration");
    const auto certificate = SimulatedAuthority::registrationCertificate(*key);
    ca_.stop();
    std::ofstream{ca_.folder() / "ra.pem"} << pkcs11::toPem(*certificate);
    ca_.start();

    auto settings = ca_.settings();
    settings.registrationAuthority = openssl::certificateFromDer(openssl::toDer(*certificate));
    settings.registrationAuthorityKey = tests::copyOf(key);
    CmpAuthority authority{std::move(settings)};
    std::atomic<int> confirmed = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                const SigningKey cardKey{KeyAlgorithm::EcP256};
                for (int n = 0; n < 5; ++n) {
                    const auto pending = ask(authority, cardKey, wishFor(cardKey));
                    pending->confirm();
                    ++confirmed;
                }
            });
        }
    }
    EXPECT_EQ(confirmed, 20);
}

}  // namespace
}  // namespace zegel::station
