#include "drivers/base/hex.h"
#include "drivers/cards/piv/abilities.h"

#include <gmock/gmock.h>

namespace zegel::piv {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Abilities told(std::string_view properties, std::optional<Version> version) {
    return abilitiesOf(fromHex(properties).value(), version);
}

// What a YubiKey answers to SELECT, inside 61 (docs.yubico.com, PIV "Select application").
constexpr std::string_view YubiKey = "4F06 000010000100 7907 4F05A000000308";

TEST(PivAbilities, followTheFirmware) {
    const auto rsa4 = told(YubiKey, Version{4, 3, 1}).capabilities;
    EXPECT_THAT(rsa4.generates, ElementsAre(KeyAlgorithm::EcP256, KeyAlgorithm::EcP384))
        << "4.3.1 makes RSA keys that can be factored";
    EXPECT_THAT(rsa4.imports,
                ElementsAre(KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256, KeyAlgorithm::EcP384));
    const auto five4 = told(YubiKey, Version{5, 4, 3}).capabilities;
    EXPECT_THAT(five4.generates,
                ElementsAre(KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256, KeyAlgorithm::EcP384));
    EXPECT_TRUE(five4.attests);
    EXPECT_TRUE(five4.tellsFactoryDefaults);
    const auto five7 = told(YubiKey, Version{5, 7, 1}).capabilities;
    EXPECT_THAT(five7.generates, testing::SizeIs(5));
    const auto neo = told(YubiKey, Version{1, 0, 4});
    EXPECT_THAT(neo.capabilities.generates,
                ElementsAre(KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256));
    EXPECT_FALSE(neo.capabilities.attests);
    EXPECT_EQ(neo.objectCapacity, 2039U);
}

TEST(PivAbilities, tryTheStrongestCipherFirst) {
    EXPECT_THAT(told(YubiKey, Version{5, 3, 0}).managementCiphers,
                ElementsAre(ManagementCipher::TripleDes));
    EXPECT_THAT(told(YubiKey, Version{5, 4, 2}).managementCiphers,
                ElementsAre(ManagementCipher::Aes256, ManagementCipher::Aes192,
                            ManagementCipher::Aes128, ManagementCipher::TripleDes));
}

// PivApplet 0.9 on a card without P-384: one AC template an algorithm, each with 06 01 00
// (PivApplet.java, sendSelectResponse and pushAlgorithm).
TEST(PivAbilities, followTheListOfAlgorithmsWhereThereIsOne) {
    const auto applet = told(
        "4F0B A000000308000010000100 7907 4F05A000000308 5003 506976"
        "AC06 800103 060100 AC06 80010C 060100 AC06 800107 060100 AC06 800111 060100",
        Version{5, 4, 0});
    EXPECT_THAT(applet.capabilities.generates,
                UnorderedElementsAre(KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256));
    EXPECT_THAT(applet.managementCiphers,
                ElementsAre(ManagementCipher::Aes256, ManagementCipher::Aes192,
                            ManagementCipher::Aes128, ManagementCipher::TripleDes));
}

// An older PivApplet: all in one template, 3DES only, and P-256 that hashes on the card (F0, F1).
TEST(PivAbilities, leaveOutACurveThatTakesNoDigest) {
    const auto applet =
        told("AC14 800103 800106 800107 800111 8001F0 8001F1 0600", Version{5, 0, 0});
    EXPECT_THAT(applet.capabilities.generates, ElementsAre(KeyAlgorithm::Rsa2048));
    EXPECT_THAT(applet.managementCiphers, ElementsAre(ManagementCipher::TripleDes));
}

// The standard has AC for secure messaging (27: ECDH with P-256 and AES-128), not for keys.
TEST(PivAbilities, doNotTakeSecureMessagingForAListOfKeys) {
    const auto card = told("AC06 800127 060100", std::nullopt);
    EXPECT_THAT(card.capabilities.generates,
                ElementsAre(KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256, KeyAlgorithm::EcP384));
    EXPECT_FALSE(card.administrable);
    EXPECT_THAT(card.capabilities.imports, IsEmpty());
    EXPECT_EQ(card.capabilities.certificateCapacity, 1896U);
}

TEST(PivAbilities, refusePropertiesThatAreNotTlv) {
    EXPECT_THROW(told("4F", std::nullopt), Failure);
    EXPECT_THROW(told("AC05 8001", std::nullopt), Failure);
}

}  // namespace
}  // namespace zegel::piv
