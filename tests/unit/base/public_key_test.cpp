#include "drivers/base/spki.h"

#include <gtest/gtest.h>

namespace zegel::openssl {
namespace {

Bytes encodedByOpenSsl(const EVP_PKEY& key) {
    Bytes der(static_cast<std::size_t>(i2d_PUBKEY(&key, nullptr)));
    auto* at = der.data();
    i2d_PUBKEY(&key, &at);
    return der;
}

CertificatePtr certificateOf(EVP_PKEY& key, long version) {
    CertificatePtr certificate{X509_new()};
    X509_set_version(certificate.get(), version);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 7);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), &key);
    X509_sign(certificate.get(), &key, EVP_sha256());
    return certificate;
}

std::vector<PkeyPtr> keys() {
    std::vector<PkeyPtr> made;
    made.emplace_back(EVP_EC_gen("P-256"));
    made.emplace_back(EVP_EC_gen("P-384"));
    made.emplace_back(EVP_EC_gen("P-521"));
    made.emplace_back(EVP_RSA_gen(2048));
    return made;
}

TEST(PublicKey, isEncodedAndDecodedAsOpenSslDoes) {
    for (const auto& key : keys()) {
        const auto spki = toSpki(*key);
        EXPECT_EQ(spki, encodedByOpenSsl(*key));
        const auto again = publicKeyFromSpki(spki);
        EXPECT_EQ(EVP_PKEY_eq(again.get(), key.get()), 1);
        EXPECT_EQ(encodedByOpenSsl(*again), spki);
    }
}

TEST(PublicKey, isPutIntoACertificateAsOpenSslDoes) {
    for (const auto& key : keys()) {
        const CertificatePtr certificate{X509_new()};
        ASSERT_TRUE(putSpki(*X509_get_X509_PUBKEY(certificate.get()), toSpki(*key)));
        EXPECT_EQ(spkiOf(*certificate), encodedByOpenSsl(*key));
    }
    const CertificatePtr certificate{X509_new()};
    const PkeyPtr edwards{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    auto& place = *X509_get_X509_PUBKEY(certificate.get());
    EXPECT_FALSE(putSpki(place, toSpki(*edwards)));
    EXPECT_FALSE(putSpki(place, Bytes{0x30, 0x05, 0x00}));
    auto longer = toSpki(*PkeyPtr{EVP_EC_gen("P-256")});
    longer[1] = static_cast<std::uint8_t>(longer[1] + 2);
    longer.insert(longer.end(), {0x05, 0x00});
    EXPECT_FALSE(putSpki(place, longer)) << "something behind the key";
    EXPECT_FALSE(putSpki(place, Bytes{}));
}

TEST(PublicKey, thatIsNoPointOfItsCurveIsRefused) {
    for (const char* curve : {"P-256", "P-384"}) {
        auto spki = toSpki(*PkeyPtr{EVP_EC_gen(curve)});
        spki.back() ^= 1U;
        EXPECT_THROW(publicKeyFromSpki(spki), Failure) << curve;
    }
}

TEST(PublicKey, withOctetsTooManyOrTooFewIsRefused) {
    for (const auto& key : keys()) {
        auto spki = toSpki(*key);
        spki.push_back(0);
        EXPECT_THROW(publicKeyFromSpki(spki), Failure);
        spki.resize(spki.size() - 2);
        EXPECT_THROW(publicKeyFromSpki(spki), Failure);
    }
}

TEST(PublicKey, isFoundInACertificateOfAnyVersion) {
    for (const auto& key : keys()) {
        for (const long version : {X509_VERSION_1, X509_VERSION_3})
            EXPECT_EQ(spkiIn(toDer(*certificateOf(*key, version))), toSpki(*key));
    }
}

TEST(PublicKey, isNotFoundInAnythingCutOff) {
    const auto der = toDer(*certificateOf(*PkeyPtr{EVP_EC_gen("P-256")}, X509_VERSION_3));
    for (std::size_t size = 0; size < der.size(); ++size)
        EXPECT_THROW(spkiIn(ByteView{der}.first(size)), Failure) << size;
}

}  // namespace
}  // namespace zegel::openssl
