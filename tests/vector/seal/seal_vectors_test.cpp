#include "drivers/base/hex.h"
#include "pinmailer/seal/check_symbol.h"
#include "pinmailer/seal/scrypt.h"

#include <gtest/gtest.h>

namespace zegel::seal {
namespace {

std::string scryptOf(std::string_view password, std::string_view salt, const ScryptCost& cost) {
    return toHex(scrypt(secretOf(bytesOf(password)), bytesOf(salt), cost, 64));
}

// RFC 7914 section 12, the three vectors that fit our limit of 64 MiB.
TEST(Scrypt, agreesWithRfc7914) {
    EXPECT_EQ(scryptOf("", "", {16, 1, 1}),
              "77D6576238657B203B19CA42C18A0497F16B4844E3074AE8DFDFFA3FEDE21442"
              "FCD0069DED0948F8326A753A0FC81F17E8D3E0FB2E0D3628CF35E20C38D18906");
    EXPECT_EQ(scryptOf("password", "NaCl", {1024, 8, 16}),
              "FDBABE1C9D3472007856E7190D01E9FE7C6AD7CBC8237830E77376634B373162"
              "2EAF30D92E22A3886FF109279D9830DAC727AFB94A83EE6D8360CBDFA2CC0640");
    EXPECT_EQ(scryptOf("pleaseletmein", "SodiumChloride", {16384, 8, 1}),
              "7023BDCB3AFD7348461C06CD81FD38EBFDA8FBBA904F8E3EA9B543F6545DA1F2"
              "D5432955613F0FCF62D49705242A9AF9E61E85DC0D651E40DFCF017B45575887");
}

constexpr CheckSystem Mod37Radix2{"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*", 37, 2};
constexpr CheckSystem Mod11Radix2{"0123456789X", 11, 2};

// ISBT 128 donation number, ISO 7064 MOD 37-2 (The Red Book, annex 2: value 17, shown as H).
TEST(CheckSymbol, agreesWithIsbt128) {
    EXPECT_EQ(checkSymbolOf(Mod37Radix2, bytesOf("G123498654321")), 'H');
    EXPECT_TRUE(checks(Mod37Radix2, bytesOf("G123498654321H")));
    EXPECT_FALSE(checks(Mod37Radix2, bytesOf("G123489654321H")));
}

// ORCID's documented sample identifiers, ISO 7064 MOD 11-2.
TEST(CheckSymbol, agreesWithOrcid) {
    EXPECT_TRUE(checks(Mod11Radix2, bytesOf("0000000218250097")));
    EXPECT_TRUE(checks(Mod11Radix2, bytesOf("0000000151093700")));
    EXPECT_TRUE(checks(Mod11Radix2, bytesOf("000000021694233X")));
    EXPECT_FALSE(checks(Mod11Radix2, bytesOf("0000000216942330")));
}

TEST(CheckSymbol, hasNoneForAForeignSymbol) {
    EXPECT_EQ(checkSymbolOf(Mod31Radix3, bytesOf("ABC0")), std::nullopt);
    EXPECT_FALSE(checks(Mod31Radix3, bytesOf("ABC0")));
    EXPECT_FALSE(checks(Mod31Radix3, {}));
}

}  // namespace
}  // namespace zegel::seal
