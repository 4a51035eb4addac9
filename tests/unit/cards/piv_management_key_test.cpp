#include "drivers/base/hex.h"
#include "drivers/cards/piv/management_key.h"
#include "drivers/channel/replay_channel.h"

#include <gtest/gtest.h>

#include <bit>

namespace zegel::piv {
namespace {

SecretBytes key(std::string_view hex) {
    return SecretBytes{fromHex(hex).value()};
}

std::string hexOf(const SecretBytes& secret) {
    return secret.disclose(Disclosure::ToCheck, [](ByteView octets) { return toHex(octets); });
}

TEST(ManagementKey, factoryValueIsThePublishedOne) {
    EXPECT_EQ(hexOf(factoryManagementKey(ManagementCipher::TripleDes)),
              "010203040506070801020304050607080102030405060708");
    EXPECT_EQ(hexOf(factoryManagementKey(ManagementCipher::Aes192)),
              "010203040506070801020304050607080102030405060708");
    EXPECT_EQ(hexOf(factoryManagementKey(ManagementCipher::Aes128)),
              "01020304050607080102030405060708");
}

// NIST SP 800-67 r2, B.1: the three keys of its example stand there with odd parity; here they
// come without.
TEST(ManagementKey, getsOddParityForTripleDes) {
    const auto fit = fitted(ManagementCipher::TripleDes,
                            key("0022446688AACCEE 22446688AACCEE00 446688AACCEE0022"));
    EXPECT_EQ(hexOf(fit.value()), "0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123");
}

TEST(ManagementKey, leavesAesKeysAlone) {
    const auto* hex = "00000000000000000000000000000000";
    EXPECT_EQ(hexOf(fitted(ManagementCipher::Aes128, key(hex)).value()), hex);
}

TEST(ManagementKey, isNotTakenWhenTripleDesCallsItWeak) {
    const std::string good = "0123456789ABCDEF";
    const std::string other = "23456789ABCDEF01";
    EXPECT_FALSE(fitted(ManagementCipher::TripleDes, key(good + other + good)));
    EXPECT_FALSE(fitted(ManagementCipher::TripleDes, key(good + good + other)));
    EXPECT_FALSE(fitted(ManagementCipher::TripleDes, key(good + other + other)));
    EXPECT_FALSE(fitted(ManagementCipher::TripleDes, key(good + other + "0000000000000000")));
    EXPECT_FALSE(fitted(ManagementCipher::TripleDes, key("E0E0E0E0F1F1F1F1" + good + other)));
}

TEST(ManagementKey, refusesAKeyOfAnotherLength) {
    EXPECT_THROW(fitted(ManagementCipher::Aes256, key("00")), Failure);
}

Authentication metWith(std::string_view script, ManagementCipher cipher) {
    drivers::ReplayChannel chip{"script", script};
    Application application{chip};
    return authenticateManagement(application, cipher, factoryManagementKey(cipher));
}

constexpr std::string_view AskForWitness = "> 0087039B 000004 7C028000 0000\n";

// A command with a fresh challenge in it cannot be replayed, so what stands here ends before it.
TEST(ManagementAuthentication, saysWhenTheKeyIsOfAnotherCipher) {
    for (const auto* status : {"6A80", "6A86", "6A88", "6B00", "6A81"}) {
        const auto script = std::string{AskForWitness} + "< " + status + "\n";
        EXPECT_EQ(metWith(script, ManagementCipher::TripleDes), Authentication::OtherCipher);
    }
    const auto longer =
        std::string{AskForWitness} + "< 7C1280100011223344556677 8899AABBCCDDEEFF 9000\n";
    EXPECT_EQ(metWith(longer, ManagementCipher::TripleDes), Authentication::OtherCipher);
}

TEST(ManagementAuthentication, refusesAnyOtherStatus) {
    const auto script = std::string{AskForWitness} + "< 6982\n";
    EXPECT_THROW(metWith(script, ManagementCipher::TripleDes), Failure);
}

TEST(ManagementAuthentication, refusesAnAnswerWithoutAWitness) {
    for (const auto* answer : {"7C00", "7C0A810800112233445566", "8008"}) {
        const auto script = std::string{AskForWitness} + "< " + answer + " 9000\n";
        EXPECT_THROW(metWith(script, ManagementCipher::TripleDes), Failure);
    }
}

}  // namespace
}  // namespace zegel::piv
