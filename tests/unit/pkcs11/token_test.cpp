#include "drivers/pkcs11/token.h"

#include "drivers/pkcs11/cryptoki.h"
#include "drivers/pkcs11/key_making.h"
#include "drivers/pkcs11/sessions.h"
#include "drivers/pkcs11/token_cmac_key.h"
#include "tests/unit/pkcs11/soft_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::pkcs11 {
namespace {

using testing::HasSubstr;
using tests::SoftToken;

template <typename Use>
Failure failureOf(Use&& use) {
    try {
        use();
    } catch (const Failure& failure) {
        return failure;
    }
    ADD_FAILURE() << "nothing was thrown";
    return Failure{Fault::Defect, ""};
}

TEST(Module, namesAPathThatIsNoModule) {
    const auto missing = failureOf([] { Module::load("/nonexistent/module.so"); });
    EXPECT_EQ(missing.fault(), Fault::SettingUnusable);
    EXPECT_THAT(missing.what(), HasSubstr("/nonexistent/module.so"));

    const auto foreign = failureOf([] { Module::load("libz.so.1"); });
    EXPECT_EQ(foreign.fault(), Fault::SettingUnusable);
    EXPECT_THAT(foreign.what(), HasSubstr("not a PKCS#11 module"));
}

TEST(Module, isSharedByAllWhoLoadIt) {
    const SoftToken soft;
    EXPECT_EQ(Module::load("").get(), soft.module().get());
}

TEST(Token, isFoundByItsLabelOnly) {
    const SoftToken soft;
    EXPECT_EQ(soft.open()->label(), SoftToken::Label);
    const auto wrong = failureOf(
        [&] { Token::open(soft.module(), "elsewhere", secretOf(bytesOf(SoftToken::Pin))); });
    EXPECT_EQ(wrong.fault(), Fault::SettingUnusable);
    EXPECT_THAT(wrong.what(), HasSubstr("\"elsewhere\""));
}

TEST(Token, refusesAWrongPinWithoutRepeatingIt) {
    const SoftToken soft;
    const auto wrong = failureOf([&] { soft.open("000000"); });
    EXPECT_EQ(wrong.fault(), Fault::SettingUnusable);
    EXPECT_THAT(wrong.what(), HasSubstr("CKR_PIN_INCORRECT"));
    EXPECT_THAT(wrong.what(), Not(HasSubstr("000000")));
    EXPECT_NO_THROW(soft.open()->ping());
}

TEST(Token, isNotMadeTwiceUnderOneLabel) {
    const SoftToken soft;
    const auto twice = failureOf([&] {
        initialiseToken(*soft.module(), SoftToken::Label, secretOf(bytesOf("11112222")),
                        secretOf(bytesOf("3333")));
    });
    EXPECT_EQ(twice.fault(), Fault::RequestRefused);
}

TEST(Token, worksOnAfterItsSessionsWereClosedUnderIt) {
    const SoftToken soft;
    const auto token = soft.open();
    makeSecretKey(*token, "master", SecretKeyUse::Cmac);
    TokenCmacKey key{token, "master"};
    const auto before = key.cmac(bytesOf("message"));

    const auto& cryptoki = soft.module()->cryptoki();
    const auto slot = slotOfToken(cryptoki, SoftToken::Label);
    ASSERT_TRUE(slot);
    ASSERT_EQ(cryptoki->C_CloseAllSessions(*slot), CKR_OK);
    EXPECT_EQ(key.cmac(bytesOf("message")), before);
}

TEST(Token, worksOnAfterTheModuleWasFinalised) {
    const SoftToken soft;
    const auto token = soft.open();
    makeSecretKey(*token, "master", SecretKeyUse::Cmac);
    TokenCmacKey key{token, "master"};
    const auto before = key.cmac(bytesOf("message"));

    ASSERT_EQ(soft.module()->cryptoki()->C_Finalize(nullptr), CKR_OK);
    EXPECT_EQ(key.cmac(bytesOf("message")), before);
}

TEST(Token, asksForItsPinAtEachLoginInPlaceOfKeepingIt) {
    const SoftToken soft;
    int asked = 0;
    const auto token = Token::open(soft.module(), SoftToken::Label, [&asked] {
        ++asked;
        return secretOf(bytesOf(SoftToken::Pin));
    });
    token->ping();
    EXPECT_EQ(asked, 1);
    ASSERT_EQ(soft.module()->cryptoki()->C_Finalize(nullptr), CKR_OK);
    EXPECT_FALSE(token->holds("nothing"));
    EXPECT_EQ(asked, 2);
}

TEST(Token, isUnavailableWhileItIsGoneAndWorksWhenItIsBack) {
    const SoftToken soft;
    const auto token = soft.open();
    makeSecretKey(*token, "master", SecretKeyUse::Cmac);
    TokenCmacKey key{token, "master"};
    const auto before = key.cmac(bytesOf("message"));

    std::filesystem::rename(soft.folder() / "tokens", soft.folder() / "away");
    std::filesystem::create_directory(soft.folder() / "tokens");
    ASSERT_EQ(soft.module()->cryptoki()->C_Finalize(nullptr), CKR_OK);
    const auto gone = failureOf([&] { key.cmac(bytesOf("message")); });
    EXPECT_EQ(gone.fault(), Fault::TokenUnavailable);
    EXPECT_THAT(gone.what(), HasSubstr("\"zegel-test\" is gone"));

    std::filesystem::remove(soft.folder() / "tokens");
    std::filesystem::rename(soft.folder() / "away", soft.folder() / "tokens");
    ASSERT_EQ(soft.module()->cryptoki()->C_Finalize(nullptr), CKR_OK);
    EXPECT_EQ(key.cmac(bytesOf("message")), before);
}

}  // namespace
}  // namespace zegel::pkcs11
