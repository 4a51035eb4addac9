#include "drivers/cards/piv/attestation.h"
#include "tests/test_name.h"
#include "tests/unit/cards/piv_table.h"

#include <gmock/gmock.h>
#include <openssl/rsa.h>

#include <ostream>

namespace zegel::cards {

bool verifies(SignatureScheme scheme, ByteView spki, ByteView message, ByteView signature) {
    const auto key = openssl::publicKeyFromSpki(spki);
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* options = nullptr;
    const auto* digest = scheme == SignatureScheme::RsaPssSha512  ? EVP_sha512()
                         : scheme == SignatureScheme::EcdsaSha384 ? EVP_sha384()
                                                                  : EVP_sha256();
    EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, key.get());
    if (scheme == SignatureScheme::RsaPssSha512) {
        EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, 64);
        EVP_PKEY_CTX_set_rsa_mgf1_md(options, EVP_sha512());
    }
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(),
                            message.size()) == 1;
}

namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const Bytes Message = bytesOf("every octet of this is signed");

void expectWorkingKey(PivTable& table, Purpose purpose, KeyAlgorithm algorithm,
                      SignatureScheme scheme, ByteView spki) {
    const auto* digest = scheme == SignatureScheme::RsaPssSha512  ? EVP_sha512()
                         : scheme == SignatureScheme::EcdsaSha384 ? EVP_sha384()
                                                                  : EVP_sha256();
    ASSERT_TRUE(table.driver->presentFactoryPin().accepted);
    const auto signature =
        table.driver->sign(purpose, algorithm, scheme, digestOf(digest, Message));
    EXPECT_TRUE(verifies(scheme, spki, Message, signature)) << nameOf(scheme);
    EXPECT_FALSE(verifies(scheme, spki, bytesOf("another"), signature));
}

Bytes privateKey(const char* type, unsigned bits) {
    const openssl::PkeyPtr key{std::string_view{type} == "RSA"
                                   ? EVP_PKEY_Q_keygen(nullptr, nullptr, type, std::size_t{bits})
                                   : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", type)};
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, openssl::Freed<PKCS8_PRIV_KEY_INFO_free>> info{
        EVP_PKEY2PKCS8(key.get())};
    unsigned char* der = nullptr;
    const auto size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
    Bytes octets{der, der + size};
    OPENSSL_free(der);
    return octets;
}

Bytes spkiOf(ByteView pkcs8) {
    const auto* at = pkcs8.data();
    const openssl::PkeyPtr key{d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(pkcs8.size()))};
    return openssl::toSpki(*key);
}

struct Kind {
    const char* model;
    KeyAlgorithm algorithm;
    SignatureScheme scheme;
};

void PrintTo(const Kind& kind, std::ostream* out) {
    *out << kind.model << " " << nameOf(kind.algorithm) << " " << nameOf(kind.scheme);
}

class PivKeys : public testing::TestWithParam<Kind> {};

TEST_P(PivKeys, madeOnTheChipSignForEveryPurpose) {
    const auto& [model, algorithm, scheme] = GetParam();
    PivTable table{model};
    table.driver->openWithFactoryKeys();
    for (const auto purpose : AllPurposes) {
        const auto spki = table.driver->makeKey(purpose, algorithm);
        expectWorkingKey(table, purpose, algorithm, scheme, spki);
        if (algorithm == KeyAlgorithm::Rsa4096 || algorithm == KeyAlgorithm::Rsa3072) break;
    }
}

TEST_P(PivKeys, madeElsewhereAreImported) {
    const auto& [model, algorithm, scheme] = GetParam();
    const auto pkcs8 = algorithm == KeyAlgorithm::EcP256    ? privateKey("P-256", 0)
                       : algorithm == KeyAlgorithm::EcP384  ? privateKey("P-384", 0)
                       : algorithm == KeyAlgorithm::Rsa2048 ? privateKey("RSA", 2048)
                       : algorithm == KeyAlgorithm::Rsa3072 ? privateKey("RSA", 3072)
                                                            : privateKey("RSA", 4096);
    PivTable table{model};
    table.driver->openWithFactoryKeys();
    table.driver->importKey(Purpose::Confidentiality, algorithm, secretOf(pkcs8));
    expectWorkingKey(table, Purpose::Confidentiality, algorithm, scheme, spkiOf(pkcs8));
}

INSTANTIATE_TEST_SUITE_P(
    EveryAlgorithm, PivKeys,
    testing::Values(Kind{"5.7", KeyAlgorithm::EcP256, SignatureScheme::EcdsaSha256},
                    Kind{"5.7", KeyAlgorithm::EcP384, SignatureScheme::EcdsaSha384},
                    Kind{"5.4-extended", KeyAlgorithm::EcP384, SignatureScheme::EcdsaSha384},
                    Kind{"5.7", KeyAlgorithm::Rsa2048, SignatureScheme::RsaPkcs1Sha256},
                    Kind{"5.7-extended", KeyAlgorithm::Rsa2048, SignatureScheme::RsaPssSha512},
                    Kind{"5.7", KeyAlgorithm::Rsa3072, SignatureScheme::RsaPssSha512},
                    Kind{"5.7", KeyAlgorithm::Rsa4096, SignatureScheme::RsaPkcs1Sha256}),
    [](const auto& given) { return tests::testName(testing::PrintToString(given.param)); });

TEST(PivKey, forAuthenticityAsksForThePinEveryTime) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto digest = digestOf(EVP_sha256(), Message);
    const auto sign = [&](Purpose purpose) {
        return table.driver->sign(purpose, KeyAlgorithm::EcP256, SignatureScheme::EcdsaSha256,
                                  digest);
    };
    table.driver->makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256);
    table.driver->makeKey(Purpose::Authentication, KeyAlgorithm::EcP256);
    table.driver->presentFactoryPin();
    sign(Purpose::Authenticity);
    const auto message = refusalOf(Fault::CardRefused, [&] { sign(Purpose::Authenticity); });
    EXPECT_THAT(message, HasSubstr("the PIN was not presented directly before"));
    sign(Purpose::Authentication);
    sign(Purpose::Authentication);
}

TEST(PivKey, recoversWhatWasEncryptedToIt) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto spki = table.driver->makeKey(Purpose::Confidentiality, KeyAlgorithm::Rsa2048);
    const auto key = openssl::publicKeyFromSpki(spki);
    Bytes plain(256, 0x5A);
    plain[0] = 0x00;
    Bytes sealed(256);
    std::size_t size = sealed.size();
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(key.get(), nullptr)};
    EVP_PKEY_encrypt_init(context.get());
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING);
    ASSERT_EQ(EVP_PKEY_encrypt(context.get(), sealed.data(), &size, plain.data(), plain.size()), 1);
    const auto secret =
        table.driver->recover(Purpose::Confidentiality, KeyAlgorithm::Rsa2048, sealed);
    EXPECT_TRUE(sameSecret(secret, secretOf(plain)));
}

TEST(PivKey, agreesOnASharedSecret) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto spki = table.driver->makeKey(Purpose::Confidentiality, KeyAlgorithm::EcP256);
    const auto chipKey = openssl::publicKeyFromSpki(spki);
    const openssl::PkeyPtr ours{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")};
    const openssl::PkeyCtxPtr context{EVP_PKEY_CTX_new(ours.get(), nullptr)};
    EVP_PKEY_derive_init(context.get());
    EVP_PKEY_derive_set_peer(context.get(), chipKey.get());
    Bytes expected(32);
    std::size_t size = expected.size();
    ASSERT_EQ(EVP_PKEY_derive(context.get(), expected.data(), &size), 1);
    unsigned char* point = nullptr;
    const auto length = EVP_PKEY_get1_encoded_public_key(ours.get(), &point);
    const auto secret = table.driver->recover(Purpose::Confidentiality, KeyAlgorithm::EcP256,
                                              ByteView{point, length});
    OPENSSL_free(point);
    EXPECT_TRUE(sameSecret(secret, secretOf(expected)));
}

TEST(PivKey, isNotMadeOfAnAlgorithmTheChipLacks) {
    PivTable table{"5.4"};
    table.driver->openWithFactoryKeys();
    const auto message = refusalOf(Fault::CardUnsuitable, [&] {
        table.driver->makeKey(Purpose::Authenticity, KeyAlgorithm::Rsa3072);
    });
    EXPECT_THAT(message, HasSubstr("firmware 5.4.3) cannot make rsa-3072"));
}

TEST(PivKey, isNotMadeWithoutTheManagementKey) {
    PivTable table{"5.7"};
    const auto message = refusalOf(Fault::CardRefused, [&] {
        table.driver->makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256);
    });
    EXPECT_THAT(message, HasSubstr("p-256 key for authenticity: 6982"));
}

TEST(PivKey, isNotTrustedWhenTheChipGarblesIt) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    table.bench.arm(table.name, {.kind = hwsim::ExchangeFault::Kind::Garble});
    refusalOf(Fault::CardUntrusted,
              [&] { table.driver->makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256); });
}

TEST(PivKey, isNotImportedUnderAnotherAlgorithmsName) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto p384 = privateKey("P-384", 0);
    refusalOf(Fault::Defect, [&] {
        table.driver->importKey(Purpose::Confidentiality, KeyAlgorithm::EcP256, secretOf(p384));
    });
    refusalOf(Fault::Defect, [&] {
        table.driver->importKey(Purpose::Confidentiality, KeyAlgorithm::Rsa2048, secretOf(p384));
    });
    refusalOf(Fault::Defect, [&] {
        table.driver->importKey(Purpose::Confidentiality, KeyAlgorithm::EcP256,
                                secretOf(bytesOf("no key")));
    });
}

TEST(AttestationByPiv, provesAKeyMadeOnTheChip) {
    PivTable table{"5.7"};
    table.driver->openWithFactoryKeys();
    const auto spki = table.driver->makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256);
    const auto chain = table.driver->attestation(Purpose::Authenticity);
    ASSERT_THAT(chain, SizeIs(2));
    const auto statement = openssl::certificateFromDer(chain[0]);
    const auto issuer = openssl::certificateFromDer(chain[1]);
    EXPECT_EQ(openssl::toSpki(*X509_get0_pubkey(statement.get())), spki);
    EXPECT_EQ(X509_verify(statement.get(), X509_get0_pubkey(issuer.get())), 1);
}

TEST(AttestationByPiv, isEmptyForAnImportedKeyAndWhereTheChipCannot) {
    PivTable imported{"5.7"};
    imported.driver->openWithFactoryKeys();
    imported.driver->importKey(Purpose::Confidentiality, KeyAlgorithm::EcP256,
                               secretOf(privateKey("P-256", 0)));
    EXPECT_THAT(imported.driver->attestation(Purpose::Confidentiality), IsEmpty());
    PivTable without{"5.4-attestation"};
    without.driver->openWithFactoryKeys();
    without.driver->makeKey(Purpose::Authenticity, KeyAlgorithm::EcP256);
    EXPECT_THAT(without.driver->attestation(Purpose::Authenticity), IsEmpty());
}

TEST(AttestationByPiv, isNotBelievedForAKeyThatNeverAsksForThePin) {
    auto memory = hwsim::blankMemory(hwsim::pivModelNamed("5.7"), 7);
    memory.keys.insert_or_assign(
        0x9C,
        hwsim::StoredKey{hwsim::KeyPair::generated(hwsim::piv::EcP256), hwsim::KeyOrigin::Generated,
                         hwsim::policy::PinNever, hwsim::policy::TouchNever});
    PivTable table{std::make_shared<hwsim::PivChip>(std::move(memory))};
    const auto message =
        refusalOf(Fault::CardUntrusted, [&] { table.driver->attestation(Purpose::Authenticity); });
    EXPECT_THAT(message, HasSubstr("does not ask for the PIN"));
}

TEST(AttestationByPiv, mustBeAboutThisChipAndThePoliciesOfTheSlot) {
    const piv::Version version{5, 7, 1};
    const Bytes serial{0x00, 0xC0, 0xFF, 0xEE};
    const piv::Statement good{Bytes{5, 7, 1}, serial, 3, 1};
    const auto says = [&](piv::Statement statement, piv::Slot slot = piv::Slot::Signature) {
        return piv::contradictionIn(statement, slot, version, serial);
    };
    EXPECT_EQ(says(good), "");
    EXPECT_EQ(says({}), "") << "what a maker does not write contradicts nothing";
    EXPECT_EQ(says({Bytes{5, 7, 1}, serial, 2, 1}, piv::Slot::Authentication), "");
    EXPECT_EQ(piv::contradictionIn(good, piv::Slot::Signature, std::nullopt, std::nullopt), "");
    EXPECT_THAT(says({Bytes{5, 4, 3}, serial, 3, 1}), HasSubstr("another firmware"));
    EXPECT_THAT(says({Bytes{5, 7, 1}, Bytes{0, 0, 0, 1}, 3, 1}), HasSubstr("another serial"));
    EXPECT_THAT(says({Bytes{5, 7, 1}, serial, 2, 1}), HasSubstr("PIN"));
    EXPECT_THAT(says({Bytes{5, 7, 1}, serial, 1, 1}, piv::Slot::Authentication), HasSubstr("PIN"));
    EXPECT_THAT(says({Bytes{5, 7, 1}, serial, 3, 2}), HasSubstr("touch"));
}

}  // namespace
}  // namespace zegel::cards
