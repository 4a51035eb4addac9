#include "drivers/base/secret.h"
#include "pinmailer/seal/codes.h"
#include "pinmailer/seal/weak_digits.h"
#include "tests/unit/seal/memory_search.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

namespace zegel::seal {
namespace {

constexpr int Draws = tests::MemoryIsAsShipped ? 1'000'000 : 100'000;  // sanitizers are slow

// Chi-square of 9 and of 99 degrees of freedom, passed by chance once in ten thousand million. A
// million PINs by "octet % 10" would come to some 370 for a digit, and to thousands for a pair.
constexpr double MostForADigit = 65.8;
constexpr double MostForAPair = 216.3;
constexpr double LeastForAPair = 30;  // too even is not chance either
/// Of 30 degrees of freedom, as rare. "octet % 31" would come to some 2,800.
constexpr double MostForASymbol = 110;
constexpr std::size_t Symbols = 31;
constexpr std::size_t SymbolsOfACode = 12;  // the last is made of the others, and as likely

std::string shown(const SecretBytes& code) {
    return code.disclose(Disclosure::ToCheck, [](ByteView octets) { return textOf(octets); });
}

/// How often each digit stood at each place, and each pair at each two places.
class Tally {
public:
    explicit Tally(std::size_t places)
        : places_(places), digits_(places), pairs_(places * places) {}

    /// Of eight digits one in some three thousand is weak, which no pair of places shows.
    static Tally even(std::size_t places) {
        Tally tally{places};
        tally.codes_ = 100;
        for (auto& place : tally.digits_)
            place.fill(10);
        for (auto& pair : tally.pairs_)
            pair.fill(1);
        return tally;
    }

    void add(const std::string& code) {
        std::array<std::size_t, 12> digit{};
        for (std::size_t place = 0; place < places_; ++place) {
            digit.at(place) = static_cast<std::size_t>(code[place] - '0');
        }
        for (std::size_t one = 0; one < places_; ++one) {
            ++digits_[one].at(digit.at(one));
            for (std::size_t other = 0; other < one; ++other) {
                ++pairs_[one * places_ + other].at(digit.at(one) * 10 + digit.at(other));
            }
        }
        ++codes_;
    }

    /// Against what `expected` counted, scaled to as many codes.
    void expectAsOftenAs(const Tally& expected, const std::string& what) const {
        const auto scale = static_cast<double>(codes_) / static_cast<double>(expected.codes_);
        for (std::size_t one = 0; one < places_; ++one) {
            EXPECT_LT(chiSquare(digits_[one], expected.digits_[one], scale), MostForADigit)
                << what << ", place " << one;
            for (std::size_t other = 0; other < one; ++other) {
                const auto at = one * places_ + other;
                const auto off = chiSquare(pairs_[at], expected.pairs_[at], scale);
                EXPECT_LT(off, MostForAPair) << what << ", places " << other << " and " << one;
                EXPECT_GT(off, LeastForAPair) << what << ", places " << other << " and " << one;
            }
        }
    }

private:
    template <std::size_t Size>
    static double chiSquare(const std::array<std::uint64_t, Size>& seen,
                            const std::array<std::uint64_t, Size>& expected, double scale) {
        double sum = 0;
        for (std::size_t at = 0; at < Size; ++at) {
            const auto wanted = static_cast<double>(expected.at(at)) * scale;
            const auto off = static_cast<double>(seen.at(at)) - wanted;
            sum += off * off / wanted;
        }
        return sum;
    }

    std::size_t places_;
    std::uint64_t codes_ = 0;
    std::vector<std::array<std::uint64_t, 10>> digits_;
    std::vector<std::array<std::uint64_t, 100>> pairs_;
};

/// How often each symbol stood at each place of a revocation code.
class SymbolTally {
public:
    void add(const std::string& code) {
        ASSERT_EQ(code.size(), SymbolsOfACode);
        for (std::size_t place = 0; place < SymbolsOfACode; ++place)
            ++places_.at(place)[code[place]];
    }

    void expectEven(int codes) const {
        const auto wanted = static_cast<double>(codes) / static_cast<double>(Symbols);
        for (std::size_t place = 0; place < SymbolsOfACode; ++place) {
            double sum = 0;
            for (const auto& [symbol, seen] : places_.at(place)) {
                const auto off = static_cast<double>(seen) - wanted;
                sum += off * off / wanted;
            }
            EXPECT_EQ(places_.at(place).size(), Symbols) << "place " << place;
            EXPECT_LT(sum, MostForASymbol) << "place " << place;
        }
    }

private:
    std::array<std::map<char, std::uint64_t>, SymbolsOfACode> places_;
};

/// Every run of so many digits that stands in one of the numbers.
std::unordered_set<std::string> runsIn(const std::vector<std::string>& numbers,
                                       std::size_t digits) {
    std::unordered_set<std::string> runs;
    for (const auto& number : numbers) {
        for (std::size_t at = 0; at + digits <= number.size(); ++at) {
            runs.insert(number.substr(at, digits));
        }
    }
    return runs;
}

std::string digitsOf(std::size_t number, std::size_t places) {
    auto text = std::to_string(number);
    return text.insert(0, places - text.size(), '0');
}

/// An order's numbers as long as they may be: 256 in all that a PIN could repeat.
std::vector<std::string> numbersOfAnOrder() {
    std::vector<std::string> numbers;
    for (const std::size_t seed : {71, 271, 2718, 4669}) {
        std::string number;
        for (std::size_t value = seed; number.size() < 69; value = value * 7919 % 1'000'003) {
            number += std::to_string(value);
        }
        numbers.push_back(number.substr(0, 69));
    }
    return numbers;
}

/// Every PIN of six digits that may be drawn beside these numbers.
Tally allowedPins(const std::unordered_set<std::string>& taken) {
    Tally allowed{6};
    for (std::size_t number = 0; number < 1'000'000; ++number) {
        const auto pin = digitsOf(number, 6);
        if (!weakDigits(bytesOf(pin)) && !taken.contains(pin)) allowed.add(pin);
    }
    return allowed;
}

TEST(DrawStatistics, everyDigitAndPairOfAMillionCodesIsAsLikelyAsAnyOther) {
    const auto numbers = numbersOfAnOrder();
    const auto takenPins = runsIn(numbers, 6);
    const auto takenPuks = runsIn(numbers, 8);
    ASSERT_GT(takenPins.size(), 200U);  // so many draws of a million would repeat one by chance
    Tally pins{6};
    Tally puks{8};
    SymbolTally revocations;
    int weak = 0;
    int repeated = 0;
    for (int draw = 0; draw < Draws; ++draw) {
        const auto codes = drawCodes({6, 8, 12}, numbers);
        const auto pin = shown(codes.pin);
        const auto puk = shown(codes.puk);
        pins.add(pin);
        puks.add(puk);
        revocations.add(shown(codes.revocation));
        if (weakDigits(bytesOf(pin)) || weakDigits(bytesOf(puk))) ++weak;
        if (takenPins.contains(pin) || takenPuks.contains(puk)) ++repeated;
    }
    EXPECT_EQ(weak, 0);
    EXPECT_EQ(repeated, 0);
    pins.expectAsOftenAs(allowedPins(takenPins), "PIN");
    puks.expectAsOftenAs(Tally::even(8), "PUK");
    revocations.expectEven(Draws);
}

}  // namespace
}  // namespace zegel::seal
