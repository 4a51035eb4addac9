#include "drivers/securechannel/card_key_diversification.h"

#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "drivers/securechannel/scp03_keys.h"

#include <gtest/gtest.h>

namespace zegel::securechannel {
namespace {

using enum CardKeyRole;

SecretBytes secretFrom(const std::string& hex) {
    return secretOf(*fromHex(hex));
}

std::string hexOf(const SecretBytes& secret) {
    return secret.disclose(Disclosure::ToCheck, [](ByteView octets) { return toHex(octets); });
}

constexpr auto* Master = "404142434445464748494A4B4C4D4E4F";
constexpr auto* Kdd = "00010203040506070809";

using TripleDesScheme = SecretBytes (*)(const SecretBytes&, ByteView, CardKeyRole);

struct TripleDesVector {
    TripleDesScheme scheme;
    CardKeyRole role;
    const char* key;
    const char* checkValue;
};

class TripleDesCardKeys : public testing::TestWithParam<TripleDesVector> {};

TEST_P(TripleDesCardKeys, areWhatGlobalPlatformProMakes) {
    const auto& [scheme, role, key, checkValue] = GetParam();
    const auto derived = scheme(secretFrom(Master), *fromHex(Kdd), role);
    EXPECT_EQ(hexOf(derived), key);
    EXPECT_EQ(toHex(tripleDesCheckValue(derived)), checkValue);
}

constexpr auto byRole = [](const auto& given) {
    const auto role = given.param.role;
    return std::string{role == Encryption ? "Encryption" : role == Mac ? "Mac" : "KeyEncryption"};
};

// martinpaljak/GlobalPlatformPro, TestPlaintextKeys.java (check values); the keys behind them
// recomputed from its templates by a program other than this one.
INSTANTIATE_TEST_SUITE_P(
    Visa2, TripleDesCardKeys,
    testing::Values(
        TripleDesVector{diversifyVisa2, Encryption, "8510FC973208218CA86888BCEC203635", "2BE598"},
        TripleDesVector{diversifyVisa2, Mac, "1068B5FB6F06C78C7A4DFC343B21C78F", "58DA38"},
        TripleDesVector{diversifyVisa2, KeyEncryption, "2DAEE809C71405FF259C3BE695A1F66E",
                        "3C328E"}),
    byRole);
INSTANTIATE_TEST_SUITE_P(
    EmvCps, TripleDesCardKeys,
    testing::Values(
        TripleDesVector{diversifyEmvCps, Encryption, "0EF59FCBF8019B62E62AF6EA20B8BF25", "C33013"},
        TripleDesVector{diversifyEmvCps, Mac, "3E383EB6F2762B88155F76BDFED05A02", "6F4CA6"},
        TripleDesVector{diversifyEmvCps, KeyEncryption, "64021E43C0C7D264A1C7C6D01E1C8761",
                        "BB8179"}),
    byRole);

// martinpaljak/GlobalPlatformPro, TestSCP03.java.
TEST(Kdf3CardKeys, areWhatGlobalPlatformProMakesOfACardsOwnOctets) {
    MemoryCmacKey master{
        secretFrom("8C72C72CF908411653018807950D82FBAD947562F0828A0B10B8B9606ABF3BCD")};
    EXPECT_EQ(hexOf(diversifyKdf3(master, *fromHex("D9B1DE5D0362DEDCE4FB"), Encryption, 32)),
              "9AAC5D0B3601F89438A0D9D0B6B256CFB47E6462DFA5228D3420C4AC7C224781");
}

struct Kdf3Vector {
    std::size_t length;
    const char* encryption;
    const char* mac;
    const char* keyEncryption;
};

class Kdf3CheckValues : public testing::TestWithParam<Kdf3Vector> {};

TEST_P(Kdf3CheckValues, areWhatGlobalPlatformProSays) {
    const auto& [length, encryption, mac, keyEncryption] = GetParam();
    SecretBytes octets{length};
    octets.fill([](std::span<std::uint8_t> out) {
        for (std::size_t at = 0; at < out.size(); ++at)
            out[at] = static_cast<std::uint8_t>(0x40 + at);
    });
    MemoryCmacKey master{std::move(octets)};
    const auto checkValueOf = [&, size = length](CardKeyRole role) {
        return toHex(aesCheckValue(diversifyKdf3(master, *fromHex(Kdd), role, size)));
    };
    EXPECT_EQ(checkValueOf(Encryption), encryption);
    EXPECT_EQ(checkValueOf(Mac), mac);
    EXPECT_EQ(checkValueOf(KeyEncryption), keyEncryption);
}

// martinpaljak/GlobalPlatformPro, TestPlaintextKeys.java; masters 4041…4F, 4041…57, 4041…5F.
INSTANTIATE_TEST_SUITE_P(Kdf3, Kdf3CheckValues,
                         testing::Values(Kdf3Vector{16, "E79C05", "D1BD77", "3FDE8C"},
                                         Kdf3Vector{24, "1DE8EA", "47C00C", "C04D76"},
                                         Kdf3Vector{32, "2972D2", "036F94", "5D57B8"}),
                         [](const auto& given) {
                             return "Aes" + std::to_string(8 * given.param.length);
                         });

TEST(CardKeys, areNotMadeFromOctetsOfAnotherLength) {
    const auto shortKdd = *fromHex("000102030405060708");
    EXPECT_THROW(diversifyVisa2(secretFrom(Master), shortKdd, Mac), Failure);
    EXPECT_THROW(diversifyEmvCps(secretFrom("4041424344454647"), *fromHex(Kdd), Mac), Failure);
    MemoryCmacKey master{secretFrom(Master)};
    EXPECT_THROW(diversifyKdf3(master, shortKdd, Mac, 16), Failure);
    EXPECT_THROW(diversifyKdf3(master, *fromHex(Kdd), Mac, 20), Failure);
}

}  // namespace
}  // namespace zegel::securechannel
