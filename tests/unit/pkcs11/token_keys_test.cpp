#include "drivers/base/hex.h"
#include "drivers/pkcs11/key_making.h"
#include "drivers/pkcs11/objects.h"
#include "drivers/pkcs11/token_cmac_key.h"
#include "drivers/pkcs11/token_wrap_key.h"
#include "tests/unit/pkcs11/soft_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace zegel::pkcs11 {
namespace {

using testing::HasSubstr;
using tests::SoftToken;

/// A token key with a known value, so that the token's own CMAC can be judged by a standard.
void importAesKey(Token& token, const std::string& label, const std::string& hex) {
    token.sessions().with([&](Session& session) {
        Template wanted;
        wanted.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_AES);
        wanted.flag(CKA_TOKEN, true).flag(CKA_PRIVATE, true).flag(CKA_SENSITIVE, true);
        wanted.flag(CKA_EXTRACTABLE, false).flag(CKA_SIGN, true);
        wanted.octets(CKA_LABEL, bytesOf(label)).octets(CKA_VALUE, *fromHex(hex));
        CK_OBJECT_HANDLE made = 0;
        expect(
            session.cryptoki->C_CreateObject(session.handle, wanted.data(), wanted.size(), &made),
            "import");
    });
}

// RFC 4493, 4: examples 2 to 4.
TEST(TokenCmacKey, answersRfc4493) {
    const SoftToken soft;
    const auto token = soft.open();
    importAesKey(*token, "rfc4493", "2b7e151628aed2a6abf7158809cf4f3c");
    TokenCmacKey key{token, "rfc4493"};
    EXPECT_EQ(toHex(key.cmac(*fromHex("6bc1bee22e409f96e93d7e117393172a"))),
              "070A16B46B4D4144F79BDD9DD04A287C");
    EXPECT_EQ(toHex(key.cmac(*fromHex("6bc1bee22e409f96e93d7e117393172a"
                                      "ae2d8a571e03ac9c9eb76fac45af8e51"
                                      "30c81c46a35ce411"))),
              "DFA66747DE9AE63030CA32611497C827");
    EXPECT_EQ(toHex(key.cmac(*fromHex("6bc1bee22e409f96e93d7e117393172a"
                                      "ae2d8a571e03ac9c9eb76fac45af8e51"
                                      "30c81c46a35ce411e5fbc1191a0a52ef"
                                      "f69f2445df4f9b17ad2b417be66c3710"))),
              "51F0BEBF7E3B9D92FC49741779363CFE");
}

TEST(TokenCmacKey, refusesAKeyThatCouldBeReadOut) {
    const SoftToken soft;
    const auto token = soft.open();
    token->sessions().with([](Session& session) {
        Template wanted;
        wanted.number(CKA_VALUE_LEN, 32).flag(CKA_TOKEN, true);
        wanted.flag(CKA_EXTRACTABLE, true).flag(CKA_SIGN, true);
        wanted.octets(CKA_LABEL, bytesOf("loose"));
        CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
        CK_OBJECT_HANDLE made = 0;
        expect(session.cryptoki->C_GenerateKey(session.handle, &mechanism, wanted.data(),
                                               wanted.size(), &made),
               "loose key");
    });
    try {
        const TokenCmacKey key{token, "loose"};
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
        EXPECT_THAT(failure.what(), HasSubstr("\"loose\""));
    }
}

TEST(TokenCmacKey, namesAKeyThatIsMissing) {
    const SoftToken soft;
    try {
        const TokenCmacKey key{soft.open(), "absent"};
        FAIL() << "accepted";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
        EXPECT_THAT(failure.what(), HasSubstr("no key labelled \"absent\""));
    }
}

TEST(TokenCmacKey, servesEightThreadsAtOnce) {
    const SoftToken soft;
    const auto token = soft.open();
    makeSecretKey(*token, "master", SecretKeyUse::Cmac);
    TokenCmacKey key{token, "master"};
    const auto expected = key.cmac(bytesOf("message"));
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 200; ++n) {
                    if (key.cmac(bytesOf("message")) != expected) ++wrong;
                }
            });
        }
    }
    EXPECT_EQ(wrong, 0);
}

TEST(KeyMaking, leavesATakenLabelAlone) {
    const SoftToken soft;
    const auto token = soft.open();
    makeSecretKey(*token, "master", SecretKeyUse::Cmac);
    EXPECT_THROW(makeSecretKey(*token, "master", SecretKeyUse::Cmac), Failure);
    EXPECT_THROW(makeKeyPair(*token, "master", KeyAlgorithm::EcP256, KeyPairUse::Sign), Failure);
}

TEST(KeyMaking, givesACmacKeyNoOtherUse) {
    const SoftToken soft;
    const auto token = soft.open();
    makeSecretKey(*token, "master", SecretKeyUse::Cmac);
    TokenWrapKey wrong{token, "master"};
    EXPECT_THROW(wrong.wrap(secretOf(bytesOf("secret")), {}), Failure);
}

class WrapKey : public testing::Test {
protected:
    WrapKey() : token_(soft_.open()) { makeSecretKey(*token_, "wrap", SecretKeyUse::Wrap); }

    SoftToken soft_;
    std::shared_ptr<Token> token_;
};

TEST_F(WrapKey, opensWhatItWrapped) {
    TokenWrapKey key{token_, "wrap"};
    for (const std::size_t size : {1U, 15U, 16U, 1217U}) {
        const Bytes plain(size, 0x5A);
        const auto wrapped = key.wrap(secretOf(plain), bytesOf("group-1"));
        EXPECT_EQ(wrapped.size(), size + 29);
        EXPECT_TRUE(sameSecret(key.unwrap(wrapped, bytesOf("group-1")), secretOf(plain)));
    }
}

TEST_F(WrapKey, refusesEveryAlteredOctetAndEveryCut) {
    TokenWrapKey key{token_, "wrap"};
    const auto wrapped = key.wrap(secretOf(bytesOf("a private key")), bytesOf("group-1"));
    const auto refused = [&](ByteView record) {
        try {
            key.unwrap(record, bytesOf("group-1"));
            return false;
        } catch (const Failure& failure) {
            return failure.fault() == Fault::SealBroken;
        }
    };
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        auto altered = wrapped;
        altered[i] ^= 0x01;
        EXPECT_TRUE(refused(altered)) << "octet " << i;
        EXPECT_TRUE(refused(ByteView{wrapped}.first(i))) << "cut to " << i;
    }
    EXPECT_FALSE(refused(wrapped));
}

TEST_F(WrapKey, refusesAnotherContextAndAnotherKey) {
    makeSecretKey(*token_, "other", SecretKeyUse::Wrap);
    TokenWrapKey key{token_, "wrap"};
    TokenWrapKey other{token_, "other"};
    const auto wrapped = key.wrap(secretOf(bytesOf("a private key")), bytesOf("group-1"));
    EXPECT_THROW(key.unwrap(wrapped, bytesOf("group-2")), Failure);
    EXPECT_THROW(other.unwrap(wrapped, bytesOf("group-1")), Failure);
}

}  // namespace
}  // namespace zegel::pkcs11
