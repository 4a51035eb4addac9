#include "drivers/base/key_kinds.h"

#include "drivers/base/openssl.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

namespace zegel::openssl {
namespace {

/// Once for the whole process, as in a program's main.
const bool taken = readOurKindsOfKeysOnly();

std::string privatePem(EVP_PKEY& key, const EVP_CIPHER* cipher) {
    const BioPtr out{BIO_new(BIO_s_mem())};
    std::string password = "secret";
    PEM_write_bio_PKCS8PrivateKey(out.get(), &key, cipher, password.data(),
                                  static_cast<int>(password.size()), nullptr, nullptr);
    char* at = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &at);
    return {at, static_cast<std::size_t>(size)};
}

PkeyPtr privateFrom(const std::string& pem) {
    const BioPtr in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    std::string password = "secret";
    return PkeyPtr{PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, password.data())};
}

PkeyPtr rsaPss() {
    const PkeyCtxPtr context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr)};
    EVP_PKEY* key = nullptr;
    EVP_PKEY_keygen_init(context.get());
    EVP_PKEY_generate(context.get(), &key);
    return PkeyPtr{key};
}

void readsBack(PkeyPtr key) {
    ASSERT_NE(key, nullptr);
    const auto spki = toSpki(*key);
    EXPECT_EQ(EVP_PKEY_eq(publicKeyFromSpki(spki).get(), key.get()), 1);
    for (const auto* cipher : {static_cast<const EVP_CIPHER*>(nullptr), EVP_aes_256_cbc()}) {
        const auto again = privateFrom(privatePem(*key, cipher));
        ASSERT_NE(again, nullptr) << takeErrors();
        EXPECT_EQ(EVP_PKEY_eq(again.get(), key.get()), 1);
    }
}

TEST(KeyKinds, areReadAndWrittenAsBefore) {
    ASSERT_TRUE(taken);
    readsBack(PkeyPtr{EVP_RSA_gen(2048)});
    readsBack(rsaPss());
    readsBack(PkeyPtr{EVP_EC_gen("P-256")});
    readsBack(PkeyPtr{EVP_EC_gen("P-384")});
    readsBack(PkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")});
}

TEST(KeyKinds, leaveOtherAlgorithmsAsTheyWere) {
    ASSERT_TRUE(taken);
    EXPECT_NE(PkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")}, nullptr);  // for TLS
    Bytes digest(32);
    const std::string words = "abc";
    EXPECT_EQ(EVP_Digest(words.data(), words.size(), digest.data(), nullptr, EVP_sha256(), nullptr),
              1);
}

TEST(KeyKinds, leaveTheCiphersAndDigestsOfCardsLettersAndTls) {
    ASSERT_TRUE(taken);
    for (const auto* name : {"AES-128-CBC", "AES-256-GCM", "AES-256-WRAP", "DES-EDE3-CBC",
                             "AES-192-ECB", "ChaCha20-Poly1305"}) {
        auto* const cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
        EXPECT_NE(cipher, nullptr) << name;
        EVP_CIPHER_free(cipher);
    }
    for (const auto* name : {"SHA1", "SHA2-256", "SHA2-384", "SHA2-512", "SHA3-256", "MD5-SHA1"}) {
        auto* const digest = EVP_MD_fetch(nullptr, name, nullptr);
        EXPECT_NE(digest, nullptr) << name;
        EVP_MD_free(digest);
    }
}

TEST(KeyKinds, ofOthersAreNotReadAnyMoreFromCertificates) {
    if (OPENSSL_version_major() != 3 || OPENSSL_version_minor() != 0) GTEST_SKIP();
    ASSERT_TRUE(taken);
    // RFC 8410, 10.1, with the object identifier of Ed448.
    const Bytes ed448 = [] {
        Bytes spki{0x30, 0x43, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x71, 0x03, 0x3A, 0x00};
        spki.resize(spki.size() + 57, 0x11);
        return spki;
    }();
    EXPECT_THROW(publicKeyFromSpki(ed448), Failure);
}

}  // namespace
}  // namespace zegel::openssl
