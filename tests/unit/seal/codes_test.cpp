#include "pinmailer/seal/codes.h"

#include "drivers/base/failure.h"
#include "pinmailer/seal/check_symbol.h"
#include "pinmailer/seal/weak_digits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace zegel::seal {
namespace {

std::string shown(const SecretBytes& code) {
    return code.disclose(Disclosure::ToCheck, [](ByteView octets) { return textOf(octets); });
}

SecretBytes typed(std::string_view text) {
    return secretOf(bytesOf(text));
}

std::size_t countWeak(int digits) {
    std::size_t count = 0;
    std::size_t all = 1;
    for (int digit = 0; digit < digits; ++digit) {
        all *= 10;
    }
    for (std::size_t number = 0; number < all; ++number) {
        auto text = std::to_string(number);
        text.insert(0, static_cast<std::size_t>(digits) - text.size(), '0');
        if (weakDigits(bytesOf(text))) ++count;
    }
    return count;
}

TEST(WeakDigits, knowsWhatPeopleChooseAndThievesTryFirst) {
    for (const auto* weak :
         {"000000",   "999999",   "012345",   "123456",       "456789", "987654",
          "543210",   "890123",   "121212",   "123123",       "112233", "123321",
          "246802",   "1111",     "1212",     "1221",         "1122",   "12345678",
          "87654321", "12341234", "12121212", "123123123123", "12345"}) {
        EXPECT_TRUE(weakDigits(bytesOf(weak))) << weak;
    }
}

TEST(WeakDigits, leavesTheRestAlone) {
    for (const auto* fine :
         {"739154", "000001", "120120120121", "123457", "112232", "8305", "90124876", "11213"}) {
        EXPECT_FALSE(weakDigits(bytesOf(fine))) << fine;
    }
}

// By arithmetic, six digits: 1000 pairs aabbcc; 1000 blocks abcabc, of which the 10 of one digit
// are pairs too; 1000 mirrors abccba, of which 100 are pairs (aabbaa), 100 blocks (abaaba) and 10
// both; 100 blocks ababab without the 10 of one digit; 100 even steps without those 10 and the 10
// with step five, which are blocks ababab.
TEST(WeakDigits, areAsManyOfSixAsArithmeticSays) {
    EXPECT_EQ(countWeak(6), 1000U + 990U + 810U + 90U + 80U);
}

TEST(DrawCodes, drawsEveryDigitAtEveryPlaceEquallyOften) {
    constexpr int Draws = 40000;
    std::array<std::array<int, 10>, 6> seen{};
    for (int draw = 0; draw < Draws; ++draw) {
        const auto pin = shown(drawCodes({6, 0, 8}, {}).pin);
        for (std::size_t place = 0; place < pin.size(); ++place) {
            ++seen.at(place).at(static_cast<std::size_t>(pin[place] - '0'));
        }
    }
    // Chi-square with 9 degrees of freedom: 45.1 is passed by chance once in a million, per place.
    for (const auto& place : seen) {
        double chiSquare = 0;
        for (const auto count : place) {
            const double off = count - Draws / 10.0;
            chiSquare += off * off / (Draws / 10.0);
        }
        EXPECT_LT(chiSquare, 45.1);
        EXPECT_GT(chiSquare, 0.05);  // too even is not chance either
    }
}

TEST(DrawCodes, drawsEverySymbolOfARevocationCodeEquallyOften) {
    constexpr int Draws = 4000;
    std::array<int, 31> seen{};
    for (int draw = 0; draw < Draws; ++draw) {
        const auto codes = drawCodes({6, 8, 12}, {});
        for (const auto symbol : shown(codes.revocation)) {
            ++seen.at(Mod31Radix3.symbols.find(symbol));
        }
    }
    double chiSquare = 0;
    for (const auto count : seen) {
        const double expected = Draws * 12 / 31.0;
        chiSquare += (count - expected) * (count - expected) / expected;
    }
    EXPECT_LT(chiSquare, 87.0);  // 30 degrees of freedom: once in two million
}

TEST(DrawCodes, drawsNothingWeakAndNothingThatTellsAnother) {
    for (int draw = 0; draw < 20000; ++draw) {
        const auto codes = drawCodes({4, 4, 8}, {});
        const auto pin = shown(codes.pin);
        const auto puk = shown(codes.puk);
        const std::string reversed{pin.rbegin(), pin.rend()};
        ASSERT_FALSE(weakDigits(bytesOf(pin))) << pin;
        ASSERT_FALSE(weakDigits(bytesOf(puk))) << puk;
        ASSERT_NE(pin, puk);
        ASSERT_NE(reversed, puk);
        ASSERT_EQ(shown(codes.revocation).find(pin), std::string::npos);
        ASSERT_EQ(shown(codes.revocation).find(puk), std::string::npos);
    }
}

TEST(DrawCodes, drawsNoCodeThatStandsInAKnownNumber) {
    std::string numbers;  // holds six in ten PINs of four digits
    for (int number = 0; number < 6000; ++number) {
        std::array<char, 8> text{};
        std::snprintf(text.data(), text.size(), "%04d ", number);
        numbers += text.data();
    }
    std::vector<std::string> each;
    for (std::size_t at = 0; at < numbers.size(); at += 5) {
        each.push_back(numbers.substr(at, 2) + "-" + numbers.substr(at + 2, 2));
    }
    for (int draw = 0; draw < 50; ++draw) {
        EXPECT_GE(shown(drawCodes({4, 0, 8}, each).pin), "6000");
    }
}

TEST(DrawCodes, saysSoWhenTheRulesLeaveNothing) {
    std::vector<std::string> everything;
    for (int number = 0; number < 10000; ++number) {
        std::array<char, 8> text{};
        std::snprintf(text.data(), text.size(), "%04d", number);
        everything.emplace_back(text.data());
    }
    try {
        drawCodes({4, 0, 8}, everything);
        FAIL() << "drew a code";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::Defect);
    }
}

Codes codesOf(std::string_view pin, std::string_view puk, std::string_view revocation) {
    return {typed(pin), typed(puk), typed(revocation)};
}

TEST(CodesFit, whenNoneTellsAnotherAndNoneIsWeak) {
    EXPECT_TRUE(codesFit(codesOf("739154", "62083517", "ACDEFGH23479"), {}));
    EXPECT_TRUE(codesFit(codesOf("739154", "", "ACDEFGH23479"), {}));
}

TEST(CodesFit, notWhenOneStandsInAnother) {
    EXPECT_FALSE(codesFit(codesOf("739154", "27391548", "ACDEFGH23479"), {})) << "PIN in PUK";
    EXPECT_FALSE(codesFit(codesOf("739154", "24519378", "ACDEFGH23479"), {})) << "backwards";
    EXPECT_FALSE(codesFit(codesOf("73915482", "739154", "ACDEFGH23479"), {})) << "PUK in PIN";
    EXPECT_FALSE(codesFit(codesOf("739154", "739154", "ACDEFGH23479"), {})) << "the same";
    EXPECT_FALSE(codesFit(codesOf("7394", "62083517", "AC7394H23479"), {}))
        << "PIN in the revocation code";
    EXPECT_FALSE(codesFit(codesOf("739154", "6283", "ACDE6283H479"), {}))
        << "PUK in the revocation code";
}

TEST(CodesFit, notWhenOneIsWeak) {
    EXPECT_FALSE(codesFit(codesOf("123456", "62083517", "ACDEFGH23479"), {}));
    EXPECT_FALSE(codesFit(codesOf("739154", "12341234", "ACDEFGH23479"), {}));
}

TEST(CodesFit, notWhenOneStandsInANumberOfTheOrderOrHoldsOne) {
    const auto fits = [](const std::string& number) {
        const std::array numbers{number};
        return codesFit(codesOf("739154", "62083517", "ACDEFGH23479"), numbers);
    };
    EXPECT_TRUE(fits("ZG-2026-000123-02"));
    EXPECT_FALSE(fits("ORDER 73-91-54"));
    EXPECT_FALSE(fits("0835"));
    EXPECT_FALSE(fits("x-acde-fgh2-3479"));
    EXPECT_FALSE(fits("H234"));
}

// In 20000 draws of four digits a rule that forgot one of the others would be found out some forty
// times for the revocation code, and some ten times for the PUK and for the number.
TEST(RedrawnCode, aPinKeepsAwayFromAllThatStaysOfItsCard) {
    const std::vector<std::string> numbers{"61048257"};
    auto codes = codesOf("7395", "93058261", "273948562937468528497365");
    for (int draw = 0; draw < 20000; ++draw) {
        redrawPin(codes, numbers);
        const auto pin = shown(codes.pin);
        const std::string backwards{pin.rbegin(), pin.rend()};
        ASSERT_EQ(pin.size(), 4U);
        ASSERT_FALSE(weakDigits(bytesOf(pin))) << pin;
        ASSERT_EQ(shown(codes.revocation).find(pin), std::string::npos) << pin;
        ASSERT_EQ(shown(codes.puk).find(pin), std::string::npos) << pin;
        ASSERT_EQ(shown(codes.puk).find(backwards), std::string::npos) << pin;
        ASSERT_EQ(numbers.front().find(pin), std::string::npos) << pin;
    }
    EXPECT_EQ(shown(codes.puk), "93058261");
    EXPECT_EQ(shown(codes.revocation), "273948562937468528497365");
}

TEST(RedrawnCode, aPukKeepsAwayFromThePinThatStandsOnTheChip) {
    auto codes = codesOf("7394", "6208", "ACDEFGH23479");
    for (int draw = 0; draw < 20000; ++draw) {
        redrawPuk(codes, {});
        ASSERT_NE(shown(codes.puk), "7394");
        ASSERT_NE(shown(codes.puk), "4937");
    }
    EXPECT_EQ(shown(codes.pin), "7394");
}

TEST(DrawCodes, makesCodesOfTheLengthsAsked) {
    const auto codes = drawCodes({12, 0, 24}, {});
    EXPECT_EQ(codes.pin.size(), 12U);
    EXPECT_TRUE(codes.puk.empty());
    EXPECT_EQ(codes.revocation.size(), 24U);
}

TEST(DrawCodes, refusesAPolicyOutsideItsLimits) {
    for (const auto& policy : {CodePolicy{3, 8, 12}, CodePolicy{13, 8, 12}, CodePolicy{6, 3, 12},
                               CodePolicy{6, 13, 12}, CodePolicy{6, 8, 7}, CodePolicy{6, 8, 25}}) {
        EXPECT_THROW(drawCodes(policy, {}), Failure);
    }
}

TEST(RevocationCode, endsInItsCheckSymbolAndUsesNoSymbolThatCanBeMistaken) {
    for (int draw = 0; draw < 1000; ++draw) {
        const auto codes = drawCodes({6, 8, 12}, {});
        EXPECT_TRUE(looksLikeRevocation(codes.revocation));
        EXPECT_EQ(shown(codes.revocation).find_first_of("0O1IL"), std::string::npos);
    }
}

TEST(RevocationCode, noticesEverySingleWrongSymbolAndEverySwap) {
    const auto code = shown(drawCodes({6, 8, 24}, {}).revocation);
    for (std::size_t at = 0; at < code.size(); ++at) {
        for (const auto symbol : Mod31Radix3.symbols) {
            auto wrong = code;
            wrong[at] = symbol;
            EXPECT_EQ(looksLikeRevocation(typed(wrong)), wrong == code);
        }
        for (std::size_t other = 0; other < at; ++other) {
            auto swapped = code;
            std::swap(swapped[at], swapped[other]);
            EXPECT_EQ(looksLikeRevocation(typed(swapped)), swapped == code);
        }
    }
}

TEST(RevocationCode, doesNotLookLikeOneWhenForeignShortOrLong) {
    for (const auto* wrong : {"", "-", "2", "ABCD-EFG0", "2222 222", "ABCDEFGHÉ"}) {
        EXPECT_FALSE(looksLikeRevocation(typed(wrong))) << wrong;
    }
    EXPECT_FALSE(looksLikeRevocation(typed(std::string(100000, '2'))));
}

TEST(RevocationHash, matchesTheCodeHoweverItIsTyped) {
    const auto code = drawCodes({6, 8, 12}, {}).revocation;
    const auto hash = hashOfRevocation(code);
    EXPECT_TRUE(revocationMatches(hash, code));
    auto spoken = shown(code);
    std::ranges::transform(spoken, spoken.begin(),
                           [](char letter) { return static_cast<char>(std::tolower(letter)); });
    spoken.insert(8, " ");
    spoken.insert(4, "-");
    EXPECT_TRUE(revocationMatches(hash, typed(spoken)));
}

TEST(RevocationHash, matchesNothingElse) {
    const auto code = drawCodes({6, 8, 12}, {}).revocation;
    const auto hash = hashOfRevocation(code);
    EXPECT_FALSE(revocationMatches(hash, drawCodes({6, 8, 12}, {}).revocation));
    EXPECT_FALSE(revocationMatches(hash, typed("")));
    EXPECT_FALSE(revocationMatches(hash, typed(" -")));
    EXPECT_FALSE(revocationMatches(hash, typed(shown(code) + "2")));
    EXPECT_FALSE(revocationMatches(hash, typed(shown(code) + ".")));
    EXPECT_FALSE(revocationMatches(hash, typed(std::string(100000, 'A'))));
}

/// Of this thread, which the load of the machine makes longer now and then, and never shorter.
double secondsOf(const std::function<void()>& work) {
    const auto now = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    };
    const auto start = now();
    work();
    return now() - start;
}

TEST(RevocationCode, takesAsLongToCheckWhateverItIsHeldAgainst) {
    const auto code = drawCodes({6, 8, 12}, {}).revocation;
    const auto shortCode = drawCodes({6, 8, 8}, {}).revocation;
    const auto ofLong = hashOfRevocation(code);
    const auto ofShort = hashOfRevocation(shortCode);
    const std::array hashes{std::string{}, ofLong, ofShort};
    std::array<double, 3> took{1e9, 1e9, 1e9};  // the shortest of some, in turns
    for (int again = 0; again < 5; ++again) {
        for (std::size_t at = 0; at < took.size(); ++at) {
            const auto& hash = hashes.at(at);
            took.at(at) =
                std::min(took.at(at), secondsOf([&] {
                             EXPECT_EQ(revocationMatchesEvenly(hash, code), hash == ofLong);
                             EXPECT_EQ(revocationMatchesEvenly(hash, shortCode), hash == ofShort);
                         }));
        }
    }
    EXPECT_LT(*std::ranges::max_element(took), 2 * *std::ranges::min_element(took));
}

TEST(RevocationHash, isSaltedAndHoldsNothingOfTheCode) {
    const auto code = drawCodes({6, 8, 12}, {}).revocation;
    const auto hash = hashOfRevocation(code);
    EXPECT_NE(hash, hashOfRevocation(code));
    EXPECT_EQ(hash.find(shown(code)), std::string::npos);
    EXPECT_TRUE(hash.starts_with("scrypt$"));
}

TEST(RevocationHash, costsMoreForAShorterCode) {
    for (const auto& [code, cost] : {std::pair{"ABCD-EFGH", "scrypt$16384$8$1$"},
                                     std::pair{"ABCD-EFGH-JKM", "scrypt$16384$8$1$"},
                                     std::pair{"ABCD-EFGH-JKMN", "scrypt$1024$8$1$"},
                                     std::pair{"ABCDEFGHJKMNPQRSTUVWXYZ2", "scrypt$1024$8$1$"}}) {
        const auto hash = hashOfRevocation(typed(code));
        EXPECT_TRUE(hash.starts_with(cost)) << code << ' ' << hash;
        EXPECT_TRUE(revocationMatches(hash, typed(code)));
    }
}

/// Kept before the cost went by the length: openssl kdf -keylen 32 -kdfopt pass:ABCDEFGH -kdfopt
/// hexsalt:000102030405060708090A0B0C0D0E0F -kdfopt n:1024 -kdfopt r:8 -kdfopt p:1 SCRYPT
TEST(RevocationHash, isHeldAgainstAtTheCostItWasMadeAt) {
    const std::string kept =
        "scrypt$1024$8$1$000102030405060708090A0B0C0D0E0F$"
        "FA569D211479817A9C21C913208002460A762954626EF6C152460BFFB1BA6254";
    EXPECT_TRUE(revocationMatches(kept, typed("abcd-efgh")));
    EXPECT_FALSE(revocationMatches(kept, typed("abcd-efgj")));
}

TEST(RevocationHash, refusesAHashThatIsNotOurs) {
    const auto code = typed("ABCDEFGHJKMN");
    const auto salt = std::string(32, 'A');
    const auto hash = std::string(64, 'B');
    for (const auto& kept :
         {std::string{}, std::string{"scrypt"}, "bcrypt$16384$8$1$" + salt + "$" + hash,
          "scrypt$x$8$1$" + salt + "$" + hash, "scrypt$16384$8$1$AA$" + hash,
          "scrypt$16384$8$1$" + salt + "$BB", "scrypt$16384$8$1$" + salt,
          "scrypt$16384$8$1$" + salt + "$" + hash + "$",
          "scrypt$1073741824$8$1$" + salt + "$" + hash, "scrypt$3$8$1$" + salt + "$" + hash}) {
        try {
            revocationMatches(kept, code);
            FAIL() << kept;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::Defect) << kept;
        }
    }
}

}  // namespace
}  // namespace zegel::seal
