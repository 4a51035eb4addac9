#include "drivers/securechannel/diversification.h"

#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <set>

namespace zegel::securechannel {
namespace {

MemoryCmacKey keyOf(const std::string& hex) {
    return MemoryCmacKey{secretOf(*fromHex(hex))};
}

std::string hexOf(const SecretBytes& secret) {
    return secret.disclose(Disclosure::ToCheck, [](ByteView octets) { return toHex(octets); });
}

struct CmacVector {
    const char* key;
    const char* message;
    const char* tag;
};

class Cmac : public testing::TestWithParam<CmacVector> {};

TEST_P(Cmac, answersTheStandard) {
    auto key = keyOf(GetParam().key);
    EXPECT_EQ(toHex(key.cmac(*fromHex(GetParam().message))), GetParam().tag);
}

constexpr auto* K128 = "2b7e151628aed2a6abf7158809cf4f3c";
constexpr auto* K192 = "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b";
constexpr auto* K256 = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
constexpr auto* M16 = "6bc1bee22e409f96e93d7e117393172a";
constexpr auto* M40 =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411";

// RFC 4493, 4 (AES-128) and the examples of NIST SP 800-38B, D.2 and D.3 (AES-192, AES-256).
INSTANTIATE_TEST_SUITE_P(Sp80038B, Cmac,
                         testing::Values(CmacVector{K128, "", "BB1D6929E95937287FA37D129B756746"},
                                         CmacVector{K128, M16, "070A16B46B4D4144F79BDD9DD04A287C"},
                                         CmacVector{K128, M40, "DFA66747DE9AE63030CA32611497C827"},
                                         CmacVector{K192, "", "D17DDF46ADAACDE531CAC483DE7A9367"},
                                         CmacVector{K192, M16, "9E99A7BF31E710900662F65E617C5184"},
                                         CmacVector{K192, M40, "8A1DE5BE2EB31AAD089A82E6EE908B0E"},
                                         CmacVector{K256, "", "028962F61B7BF89EFC6B551F4667D983"},
                                         CmacVector{K256, M16, "28A7023F452E8F82BD4BF28D8C37C35C"},
                                         CmacVector{K256, M40, "AAF3D8F1DE5640C232F5B169B9C911E6"}),
                         [](const auto& given) {
                             const auto bits = [](const char* hex) {
                                 return std::to_string(4 * std::string_view{hex}.size());
                             };
                             return "Aes" + bits(given.param.key) + "_message" +
                                    bits(given.param.message) + "bits";
                         });

TEST(CmacKey, refusesAKeyThatIsNoAesKey) {
    EXPECT_THROW(keyOf("00112233445566"), Failure);
}

struct CounterVector {
    const char* key;
    const char* fixedInput;
    const char* derived;
};

class CounterMode : public testing::TestWithParam<CounterVector> {};

TEST_P(CounterMode, answersNist) {
    auto key = keyOf(GetParam().key);
    const auto expected = *fromHex(GetParam().derived);
    EXPECT_EQ(hexOf(deriveInCounterMode(key, *fromHex(GetParam().fixedInput), expected.size())),
              toHex(expected));
}

// NIST CAVP, KDF in counter mode (KDFCTR_gen), CTRLOCATION=BEFORE_FIXED, RLEN=32_BITS:
// CMAC_AES128 L=256 COUNT=10, CMAC_AES256 L=128 COUNT=0.
INSTANTIATE_TEST_SUITE_P(
    Cavp, CounterMode,
    testing::Values(
        CounterVector{"695f1b1a16c949cea51cdf2554ec9d42",
                      "4fce5942832a390aa1cbe8a0bf9d202cb799e986c9d6b51f45e4d597a6b57f06"
                      "a4ebfec6467335d116b7f5f9c5b954062f661820f5db2a5bbb3e0625",
                      "d34b601ec18c34dfa0f9e0b7523e218bdddb9befe8d08b6c0202d75ace0dba89"},
        CounterVector{"d0b1b3b70b2393c48ca05159e7e28cbeadea93f28a7cdae964e5136070c45d5c",
                      "dd2f151a3f173492a6fbbb602189d51ddf8ef79fc8e96b8fcbe6dabe73a35b48"
                      "104f9dff2d63d48786d2b3af177091d646a9efae005bdfacb61a1214",
                      "8c449fb474d1c1d4d2a33827103b656a"}),
    [](const auto& given) {
        return "Aes" + std::to_string(4 * std::string_view{given.param.key}.size());
    });

using KdfPtr = std::unique_ptr<EVP_KDF, openssl::Freed<EVP_KDF_free>>;
using KdfCtxPtr = std::unique_ptr<EVP_KDF_CTX, openssl::Freed<EVP_KDF_CTX_free>>;

/// OpenSSL's own KBKDF: label ‖ 00 ‖ context ‖ L.
Bytes kbkdf(Bytes key, std::string label, Bytes context, std::size_t length) {
    const KdfPtr kdf{EVP_KDF_fetch(nullptr, "KBKDF", nullptr)};
    const KdfCtxPtr run{EVP_KDF_CTX_new(kdf.get())};
    std::string mode = "counter";
    std::string mac = "CMAC";
    std::string cipher = "AES-256-CBC";
    const std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, mode.data(), 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, mac.data(), 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_CIPHER, cipher.data(), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, key.data(), key.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, label.data(), label.size()),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, context.data(), context.size()),
        OSSL_PARAM_construct_end()};
    Bytes out(length);
    EXPECT_EQ(EVP_KDF_derive(run.get(), out.data(), out.size(), params.data()), 1);
    return out;
}

TEST(Diversification, isWhatAnotherImplementationDerivesFromTheDocumentedInput) {
    const std::string master = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    Bytes context{1, 3, 'p', 'i', 'v', 12};
    for (const char letter : std::string{"piv-00A1B2C3"}) {
        context.push_back(static_cast<std::uint8_t>(letter));
    }
    context.push_back(10);
    for (const char letter : std::string{"management"}) {
        context.push_back(static_cast<std::uint8_t>(letter));
    }
    for (const std::size_t length : {16U, 24U, 32U}) {
        auto key = keyOf(master);
        EXPECT_EQ(hexOf(diversify(key, 1, "piv", "piv-00A1B2C3", "management", length)),
                  toHex(kbkdf(*fromHex(master), "zegel card key", context, length)));
    }
}

TEST(Diversification, givesEveryChipRoleAndLengthAKeyOfItsOwn) {
    auto key = keyOf(std::string(64, '0'));
    std::set<std::string> seen;
    // Neighbours whose texts run together would collide without the lengths between them.
    seen.insert(hexOf(diversify(key, 1, "piv", "1", "2a", 16)));
    seen.insert(hexOf(diversify(key, 1, "piv", "12", "a", 16)));
    seen.insert(hexOf(diversify(key, 1, "piv1", "2", "a", 16)));
    seen.insert(hexOf(diversify(key, 1, "piv", "12", "b", 16)));
    seen.insert(hexOf(diversify(key, 1, "piv", "12", "a", 24)).substr(0, 32));
    EXPECT_EQ(seen.size(), 5U);
}

TEST(Diversification, refusesAnUnknownVersionAndEmptyOrEndlessNames) {
    auto key = keyOf(std::string(64, '0'));
    EXPECT_THROW(diversify(key, 0, "piv", "1", "management", 24), Failure);
    EXPECT_THROW(diversify(key, 2, "piv", "1", "management", 24), Failure);
    EXPECT_THROW(diversify(key, 1, "", "1", "management", 24), Failure);
    EXPECT_THROW(diversify(key, 1, "piv", "", "management", 24), Failure);
    EXPECT_THROW(diversify(key, 1, "piv", "1", std::string(256, 'x'), 24), Failure);
    EXPECT_THROW(diversify(key, 1, "piv", "1", "management", 0), Failure);
    EXPECT_THROW(diversify(key, 1, "piv", "1", "management", 513), Failure);
}

}  // namespace
}  // namespace zegel::securechannel
