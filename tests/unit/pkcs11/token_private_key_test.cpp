#include "drivers/pkcs11/token_private_key.h"

#include "drivers/base/openssl.h"
#include "drivers/pkcs11/house_certificate.h"
#include "drivers/pkcs11/key_making.h"
#include "tests/unit/pkcs11/soft_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <thread>

namespace zegel::pkcs11 {
namespace {

using tests::SoftToken;

const TimePoint Today = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21};
const HouseCertificate Registration{
    "NL", "Zegel B.V.", "Registratie één", "digitalSignature", {"1.3.6.1.5.5.7.3.28"}};
const HouseCertificate PrintRoom{
    "NL", "Zegel B.V.", "Print room", "keyAgreement,keyEncipherment", {}};

openssl::BioPtr memory(const std::string& text = {}) {
    openssl::BioPtr made{BIO_new(BIO_s_mem())};
    BIO_write(made.get(), text.data(), static_cast<int>(text.size()));
    return made;
}

std::string textOf(BIO* bio) {
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio, &text);
    return {text, static_cast<std::size_t>(size)};
}

class TokenPrivateKey : public testing::TestWithParam<KeyAlgorithm> {
protected:
    TokenPrivateKey() : token_(soft_.open()) {}

    openssl::PkeyPtr made(KeyPairUse use) {
        makeKeyPair(*token_, "key", GetParam(), use);
        return tokenPrivateKey(token_, "key");
    }

    SoftToken soft_;
    std::shared_ptr<Token> token_;
};

TEST_P(TokenPrivateKey, signsACertificateAndARequestThatVerify) {
    const auto key = made(KeyPairUse::Sign);
    const auto certificate =
        selfSignedCertificate(*key, Registration, Today, Today + std::chrono::days{365});
    EXPECT_EQ(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())), 1);
    EXPECT_EQ(X509_check_private_key(certificate.get(), key.get()), 1);
    EXPECT_EQ(X509_get_key_usage(certificate.get()), unsigned{KU_DIGITAL_SIGNATURE});

    const auto request = certificateRequest(*key, Registration);
    const auto plain = tokenPublicKey(*token_, "key");
    EXPECT_EQ(X509_REQ_verify(request.get(), plain.get()), 1);
}

TEST_P(TokenPrivateKey, signsCmsFromEightThreadsAtOnce) {
    const auto key = made(KeyPairUse::Sign);
    const auto certificate =
        selfSignedCertificate(*key, Registration, Today, Today + std::chrono::days{36500});
    std::atomic<int> verified = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 5; ++n) {
                    const auto content = memory("a released letter");
                    const openssl::CmsPtr cms{
                        CMS_sign(certificate.get(), key.get(), nullptr, content.get(), CMS_BINARY)};
                    if (!cms) continue;
                    const auto out = memory();
                    verified += CMS_verify(cms.get(), nullptr, nullptr, nullptr, out.get(),
                                           CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY);
                }
            });
        }
    }
    EXPECT_EQ(verified, 40) << openssl::takeErrors();
}

TEST_P(TokenPrivateKey, opensWhatWasSealedToItsCertificate) {
    const auto signer = made(KeyPairUse::Decrypt);
    // The token key may only decrypt, so another key signs the certificate around it.
    const openssl::PkeyPtr issuer{EVP_EC_gen("P-256")};
    const auto around =
        selfSignedCertificate(*issuer, PrintRoom, Today, Today + std::chrono::days{36500});
    X509_set_pubkey(around.get(), tokenPublicKey(*token_, "key").get());
    X509_sign(around.get(), issuer.get(), EVP_sha256());
    const auto certificate = openssl::certificateFromDer(openssl::toDer(*around));

    const auto content = memory("sealed codes");
    const openssl::CmsPtr cms{
        CMS_encrypt(nullptr, content.get(), EVP_aes_256_gcm(), CMS_PARTIAL | CMS_BINARY)};
    auto* const recipient = CMS_add1_recipient_cert(cms.get(), certificate.get(), CMS_KEY_PARAM);
    ASSERT_NE(recipient, nullptr);
    if (isRsa(GetParam())) {
        auto* const context = CMS_RecipientInfo_get0_pkey_ctx(recipient);
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING);
        EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256());
    }
    ASSERT_EQ(CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY), 1);

    const auto opened = memory();
    EXPECT_EQ(CMS_decrypt(cms.get(), signer.get(), certificate.get(), nullptr, opened.get(), 0), 1)
        << openssl::takeErrors();
    EXPECT_EQ(textOf(opened.get()), "sealed codes");
}

TEST_P(TokenPrivateKey, tellsOpenSslWhyTheTokenRefused) {
    const auto key = made(KeyPairUse::Decrypt);  // may not sign
    const auto content = memory("text");
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    Bytes signature(512);
    std::size_t size = signature.size();
    ASSERT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()), 1);
    EXPECT_NE(EVP_DigestSign(context.get(), signature.data(), &size, signature.data(), 4), 1);
    EXPECT_THAT(openssl::takeErrors(), testing::HasSubstr("signing with token key \"key\""));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, TokenPrivateKey,
                         testing::Values(KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256,
                                         KeyAlgorithm::EcP384),
                         [](const auto& given) {
                             std::string name{nameOf(given.param)};
                             std::erase(name, '-');
                             return name;
                         });

TEST(TokenRsaKey, signsPssWithSha512AndASaltOf64) {
    const SoftToken soft;
    const auto token = soft.open();
    makeKeyPair(*token, "pss", KeyAlgorithm::Rsa3072, KeyPairUse::Sign);
    const auto key = tokenPrivateKey(token, "pss");
    const auto plain = tokenPublicKey(*token, "pss");
    const auto text = bytesOf("to be signed");
    const auto set = [](EVP_PKEY_CTX* context) {
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 64);
    };
    EVP_PKEY_CTX* how = nullptr;
    const openssl::DigestCtxPtr signing{EVP_MD_CTX_new()};
    ASSERT_EQ(EVP_DigestSignInit(signing.get(), &how, EVP_sha512(), nullptr, key.get()), 1);
    set(how);
    Bytes signature(384);
    std::size_t size = signature.size();
    ASSERT_EQ(EVP_DigestSign(signing.get(), signature.data(), &size, text.data(), text.size()), 1)
        << openssl::takeErrors();

    const openssl::DigestCtxPtr checking{EVP_MD_CTX_new()};
    ASSERT_EQ(EVP_DigestVerifyInit(checking.get(), &how, EVP_sha512(), nullptr, plain.get()), 1);
    set(how);
    EXPECT_EQ(EVP_DigestVerify(checking.get(), signature.data(), size, text.data(), text.size()),
              1);
}

TEST(TokenPrivateKeyAbsent, isNamed) {
    const SoftToken soft;
    try {
        tokenPrivateKey(soft.open(), "absent");
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
        EXPECT_THAT(failure.what(), testing::HasSubstr("\"absent\""));
    }
}

TEST(TokenPrivateKeyOutlives, theTokenHandleItCameFrom) {
    const SoftToken soft;
    openssl::PkeyPtr key;
    {
        const auto token = soft.open();
        makeKeyPair(*token, "key", KeyAlgorithm::EcP256, KeyPairUse::Sign);
        key = tokenPrivateKey(token, "key");
    }
    EXPECT_NO_THROW(selfSignedCertificate(*key, Registration, Today, Today + std::chrono::days{1}));
}

}  // namespace
}  // namespace zegel::pkcs11
