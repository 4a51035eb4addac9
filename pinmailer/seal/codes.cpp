#include "pinmailer/seal/codes.h"

#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "pinmailer/seal/check_symbol.h"
#include "pinmailer/seal/weak_digits.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace zegel::seal {
namespace {

constexpr std::string_view Digits = "0123456789";
constexpr std::size_t ShortestNumber = 4;  // "7" stands in half of all codes and tells nothing
constexpr int MostDraws = 1000;            // a rule that refuses this often refuses everything

/// Octets from the generator, a few at a time, wiped when done.
class SecretOctets {
public:
    std::uint8_t next() {
        if (used_ == pool_.size()) refill();
        return pool_.disclose(Disclosure::ToCheck, [&](ByteView pool) { return pool[used_++]; });
    }

private:
    void refill() {
        pool_.fill([](std::span<std::uint8_t> out) { fillSecretRandom(out); });
        used_ = 0;
    }

    SecretBytes pool_{64};
    std::size_t used_ = 64;
};

/// Every symbol equally likely: octets beyond the last whole multiple are thrown away.
void drawInto(std::span<std::uint8_t> out, std::string_view symbols, SecretOctets& octets) {
    const auto limit = 256 - 256 % symbols.size();
    for (auto& symbol : out) {
        std::size_t octet = octets.next();
        while (octet >= limit) {
            octet = octets.next();
        }
        symbol = static_cast<std::uint8_t>(symbols[octet % symbols.size()]);
    }
}

bool holds(ByteView whole, ByteView part) noexcept {
    return std::search(whole.begin(), whole.end(), part.begin(), part.end()) != whole.end();
}

bool holdsReversed(ByteView whole, ByteView part) noexcept {
    return std::search(whole.begin(), whole.end(), part.rbegin(), part.rend()) != whole.end();
}

/// "2026-000.123 b" is read as 2026000123B: punctuation hides nothing from an eye.
Bytes plainOf(const std::string& number) {
    Bytes plain;
    for (const auto letter : number) {
        const auto octet = static_cast<unsigned char>(letter);
        if (std::isalnum(octet) != 0) {
            plain.push_back(static_cast<std::uint8_t>(std::toupper(octet)));
        }
    }
    return plain;
}

/// The numbers a code must not tell, made plain once.
using PlainNumbers = std::vector<Bytes>;

PlainNumbers plainNumbers(std::span<const std::string> numbers) {
    PlainNumbers plain;
    for (const auto& number : numbers) {
        auto symbols = plainOf(number);
        if (symbols.size() >= ShortestNumber) plain.push_back(std::move(symbols));
    }
    return plain;
}

bool tellsANumber(ByteView code, const PlainNumbers& numbers) {
    return std::ranges::any_of(
        numbers, [&](const Bytes& number) { return holds(number, code) || holds(code, number); });
}

/// Draws until `isFit` says yes. Fails rather than hang on rules that nothing can meet.
template <typename Draw, typename IsFit>
SecretBytes drawUntil(Draw&& draw, IsFit&& isFit) {
    for (int draws = 0; draws < MostDraws; ++draws) {
        auto code = draw();
        if (code.disclose(Disclosure::ToCheck, isFit)) return code;
    }
    throw Failure{Fault::Defect, "the rules for codes leave no code to draw"};
}

template <typename IsFit>
SecretBytes drawDigitsThat(int digits, const PlainNumbers& numbers, IsFit&& isFit) {
    SecretOctets octets;
    return drawUntil(
        [&] {
            SecretBytes code{static_cast<std::size_t>(digits)};
            code.fill([&](std::span<std::uint8_t> out) { drawInto(out, Digits, octets); });
            return code;
        },
        [&](ByteView code) {
            return !weakDigits(code) && !tellsANumber(code, numbers) && isFit(code);
        });
}

template <typename IsFit>
SecretBytes drawRevocationThat(int symbols, const PlainNumbers& numbers, IsFit&& isFit) {
    SecretOctets octets;
    return drawUntil(
        [&] {
            SecretBytes code{static_cast<std::size_t>(symbols)};
            code.fill([&](std::span<std::uint8_t> out) {
                const auto free = out.first(out.size() - 1);
                drawInto(free, Mod31Radix3.symbols, octets);
                out.back() = checkSymbolOf(Mod31Radix3, free).value();
            });
            return code;
        },
        [&](ByteView code) { return !tellsANumber(code, numbers) && isFit(code); });
}

void expectWithin(int count, int least, int most, const char* what) {
    if (count >= least && count <= most) return;
    throw Failure{Fault::Defect, std::string{what} + " must have " + std::to_string(least) +
                                     " to " + std::to_string(most) + " symbols, not " +
                                     std::to_string(count)};
}

bool eitherHolds(ByteView one, ByteView other) noexcept {
    return holds(one, other) || holds(other, one);
}

bool eitherHoldsReversed(ByteView one, ByteView other) noexcept {
    return holdsReversed(one, other) || holdsReversed(other, one);
}

}  // namespace

SecretBytes drawDigits(int digits, std::span<const std::string> numbers) {
    expectWithin(digits, 4, 12, "a PIN or PUK");
    return drawDigitsThat(digits, plainNumbers(numbers), [](ByteView) { return true; });
}

Codes drawCodes(const CodePolicy& policy, std::span<const std::string> numbers) {
    expectWithin(policy.pinDigits, 4, 12, "a PIN");
    if (policy.pukDigits != 0) expectWithin(policy.pukDigits, 4, 12, "a PUK");
    expectWithin(policy.revocationSymbols, 8, 24, "a revocation code");

    const auto plain = plainNumbers(numbers);
    Codes codes;
    codes.pin = drawDigitsThat(policy.pinDigits, plain, [](ByteView) { return true; });
    codes.pin.disclose(Disclosure::ToCheck, [&](ByteView pin) {
        if (policy.pukDigits != 0) {
            codes.puk = drawDigitsThat(policy.pukDigits, plain, [&](ByteView puk) {
                return !eitherHolds(puk, pin) && !eitherHoldsReversed(puk, pin);
            });
        }
        codes.puk.disclose(Disclosure::ToCheck, [&](ByteView puk) {
            codes.revocation =
                drawRevocationThat(policy.revocationSymbols, plain, [&](ByteView revocation) {
                    return !holds(revocation, pin) && (puk.empty() || !holds(revocation, puk));
                });
        });
    });
    return codes;
}

}  // namespace zegel::seal
