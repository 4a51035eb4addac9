#include "station/orders/certificate_number.h"

#include "drivers/base/failure.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace zegel::station {
namespace {

TEST(CheckDigits, areThoseOfIso7064) {
    EXPECT_EQ(checkDigits("794"), "44");  // ISO/IEC 7064, the example of MOD 97-10
}

TEST(CheckDigits, areThoseOfLegalEntityIdentifiers) {
    // ISO 17442: an LEI ends with its MOD 97-10 digits. From GLEIF's register: Bloomberg Finance
    // L.P., and GLEIF itself.
    EXPECT_EQ(checkDigits("5493001KJTIIGC8Y1R"), "12");
    EXPECT_EQ(checkDigits("506700GE1G29325QX3"), "63");
    EXPECT_TRUE(checks("5493001KJTIIGC8Y1R12"));
}

TEST(CheckDigits, areThoseOfAccountNumbers) {
    // ISO 13616: the same digits over account number and country. IBAN registry's examples
    // GB29 NWBK 6016 1331 9268 19, NL91 ABNA 0417 1643 00 and DE89 3704 0044 0532 0130 00.
    EXPECT_EQ(checkDigits("NWBK60161331926819GB"), "29");
    EXPECT_EQ(checkDigits("ABNA0417164300NL"), "91");
    EXPECT_EQ(checkDigits("370400440532013000DE"), "89");
    EXPECT_TRUE(checks("ABNA0417164300NL91"));
}

TEST(CheckDigits, catchEverySingleSlipAndEverySwapOfNeighbours) {
    const std::string good = "ABNA0417164300NL91";
    const std::string alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const char other : alphabet) {
            // A letter for a digit, or the other way round, moves everything: not a slip of one.
            const bool sameKind = (other <= '9') == (good[at] <= '9');
            std::string slip = good;
            slip[at] = other;
            if (!sameKind || slip == good) continue;
            EXPECT_FALSE(checks(slip)) << slip;
        }
        std::string swapped = good;
        if (at + 1 < good.size()) std::swap(swapped[at], swapped[at + 1]);
        if (swapped == good) continue;
        EXPECT_FALSE(checks(swapped)) << swapped;
    }
}

TEST(CheckDigits, liveBetween02And98) {
    std::set<std::string> seen;
    for (int body = 0; body < 97; ++body)
        seen.insert(checkDigits(std::to_string(body)));
    EXPECT_EQ(seen.size(), 97U);
    EXPECT_EQ(*seen.begin(), "02");
    EXPECT_EQ(*seen.rbegin(), "98");
}

TEST(CheckDigits, areNotMadeOverAnythingElse) {
    EXPECT_THROW(checkDigits("12-4"), Failure);
    EXPECT_THROW(checkDigits("ab"), Failure);
    EXPECT_FALSE(checks(""));
    EXPECT_FALSE(checks("01"));
    EXPECT_FALSE(checks("12 3"));
}

TEST(CertificateNumber, readsLikeANumberForPeople) {
    // 35 16 2026 000123 as ISO 7064 reads ZG2026000123: 98 less (35162026000123 00 mod 97) is 02.
    static_assert(98 - 3516202600012300 % 97 == 2);
    EXPECT_EQ(certificateNumber("ZG", 2026, 123).value(), "ZG-2026-000123-02");
}

TEST(CertificateNumber, isMadeOfAPrefixAYearAndASequenceOnly) {
    EXPECT_THROW(certificateNumber("Z", 2026, 1), Failure);
    EXPECT_THROW(certificateNumber("ZEGEL", 2026, 1), Failure);
    EXPECT_THROW(certificateNumber("zg", 2026, 1), Failure);
    EXPECT_THROW(certificateNumber("ZG", 26, 1), Failure);
    EXPECT_THROW(certificateNumber("ZG", 2026, 0), Failure);
    EXPECT_THROW(certificateNumber("ZG", 2026, 1'000'000), Failure);
}

TEST(CertificateNumber, forgivesCaseSpacesAndHyphensOnly) {
    const auto number = certificateNumber("ZG", 2026, 123);
    for (const auto* typed : {"ZG-2026-000123-02", "zg-2026-000123-02", "ZG202600012302",
                              " zg 2026 000 123 02 ", "ZG‐2026‑000123–02"}) {
        EXPECT_EQ(certificateNumberFrom(typed), number) << typed;
    }
    for (const auto* typed :
         {"", "ZG-2026-000123", "ZG-2026-000123-47", "ZG-2026-000132-02", "ZG-2026-000123-020",
          "ZG/2026/000123/02", "ZG-2026-O00123-02", "2026-000123-02", "ZG-2026-000123-02.",
          "ZG_2026_000123_02", "Z-2026-000123-02", "ZG-2026-123-02"}) {
        EXPECT_FALSE(certificateNumberFrom(typed).has_value()) << typed;
    }
}

TEST(CertificateNumber, isNamedByItselfOrByASerial) {
    const auto number = certificateNumber("ZG", 2026, 123);
    const std::array<std::string, 2> serials{"0A1B2C3D4E5F", "7F00"};
    EXPECT_TRUE(namesCertificate("zg2026 000123 02", number, serials));
    EXPECT_FALSE(namesCertificate(certificateNumber("ZG", 2026, 124).value(), number, serials));
    EXPECT_TRUE(namesCertificate("0a:1b:2c:3d:4e:5f", number, serials));
    EXPECT_TRUE(namesCertificate("A1B2C3D4E5F", number, serials));
    EXPECT_TRUE(namesCertificate("00 7f 00", number, serials));
    EXPECT_FALSE(namesCertificate("7F", number, serials));
    EXPECT_FALSE(namesCertificate("", number, serials));
    EXPECT_FALSE(namesCertificate("00", number, serials));
    EXPECT_FALSE(namesCertificate("-", number, {}));
}

TEST(CertificateName, forgivesCaseAndSpaceOnly) {
    EXPECT_TRUE(namesSame("trial  coördinatie ZORGKETEN ", "TRIAL Coördinatie Zorgketen"));
    EXPECT_TRUE(namesSame("TRIAL БІБЛІОТЕКА", "TRIAL Бібліотека"));
    EXPECT_FALSE(namesSame("TRIAL Coordinatie Zorgketen", "TRIAL Coördinatie Zorgketen"));
    EXPECT_FALSE(namesSame("Coördinatie Zorgketen", "TRIAL Coördinatie Zorgketen"));
    EXPECT_FALSE(namesSame("TRIAL Coördinatie-Zorgketen", "TRIAL Coördinatie Zorgketen"));
    EXPECT_FALSE(namesSame("", "TRIAL"));
}

TEST(CountedNumber, isReadFromANumberOfThisIssuerOnly) {
    for (const auto* typed : {"ZG-2026-000123-02", "zg 2026 000123 02"}) {
        const auto number = countedNumber(typed, "ZG");
        ASSERT_TRUE(number.has_value()) << typed;
        EXPECT_EQ(number->year, 2026);
        EXPECT_EQ(number->sequence, 123U);
        EXPECT_FALSE(countedNumber(typed, "ZQ").has_value());
    }
    EXPECT_FALSE(countedNumber("ZG-2026-000123-00", "ZG").has_value());
    EXPECT_FALSE(countedNumber("nonsense", "ZG").has_value());
}

}  // namespace
}  // namespace zegel::station
