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

bool fit(ByteView pin, ByteView puk, ByteView revocation, const PlainNumbers& numbers) {
    if (weakDigits(pin) || tellsANumber(pin, numbers) || holds(revocation, pin)) return false;
    if (tellsANumber(revocation, numbers)) return false;
    if (puk.empty()) return true;
    return !weakDigits(puk) && !tellsANumber(puk, numbers) && !holds(revocation, puk) &&
           !eitherHolds(puk, pin) && !eitherHoldsReversed(puk, pin);
}

bool fit(const Codes& codes, const PlainNumbers& numbers) {
    return codes.pin.disclose(Disclosure::ToCheck, [&](ByteView pin) {
        return codes.puk.disclose(Disclosure::ToCheck, [&](ByteView puk) {
            return codes.revocation.disclose(Disclosure::ToCheck, [&](ByteView revocation) {
                return fit(pin, puk, revocation, numbers);
            });
        });
    });
}

SecretBytes drawnDigits(std::size_t digits, SecretOctets& octets) {
    SecretBytes code{digits};
    code.fill([&](std::span<std::uint8_t> out) { drawInto(out, Digits, octets); });
    return code;
}

SecretBytes drawnRevocation(std::size_t symbols, SecretOctets& octets) {
    SecretBytes code{symbols};
    code.fill([&](std::span<std::uint8_t> out) {
        const auto free = out.first(out.size() - 1);
        drawInto(free, Mod31Radix3.symbols, octets);
        out.back() = checkSymbolOf(Mod31Radix3, free).value();
    });
    return code;
}

/// `draw` changes the set. Drawn anew as a whole or not at all: every set that fits is equally
/// likely. Fails rather than hang on rules that nothing can meet.
template <typename Draw>
void drawUntilFit(Codes& codes, std::span<const std::string> numbers, Draw&& draw) {
    const auto plain = plainNumbers(numbers);
    for (int draws = 0; draws < MostDraws; ++draws) {
        draw();
        if (fit(codes, plain)) return;
    }
    throw Failure{Fault::Defect, "the rules for codes leave no code to draw"};
}

void redrawDigits(SecretBytes& code, Codes& codes, std::span<const std::string> numbers) {
    SecretOctets octets;
    const auto digits = code.size();
    drawUntilFit(codes, numbers, [&] { code = drawnDigits(digits, octets); });
}

}  // namespace

bool codesFit(const Codes& codes, std::span<const std::string> numbers) {
    return fit(codes, plainNumbers(numbers));
}

void redrawPin(Codes& codes, std::span<const std::string> numbers) {
    redrawDigits(codes.pin, codes, numbers);
}

void redrawPuk(Codes& codes, std::span<const std::string> numbers) {
    redrawDigits(codes.puk, codes, numbers);
}

Codes drawCodes(const CodePolicy& policy, std::span<const std::string> numbers) {
    expectWithin(policy.pinDigits, 4, 12, "a PIN");
    if (policy.pukDigits != 0) expectWithin(policy.pukDigits, 4, 12, "a PUK");
    expectWithin(policy.revocationSymbols, 8, 24, "a revocation code");

    SecretOctets octets;
    Codes codes;
    drawUntilFit(codes, numbers, [&] {
        codes.pin = drawnDigits(static_cast<std::size_t>(policy.pinDigits), octets);
        if (policy.pukDigits != 0) {
            codes.puk = drawnDigits(static_cast<std::size_t>(policy.pukDigits), octets);
        }
        codes.revocation =
            drawnRevocation(static_cast<std::size_t>(policy.revocationSymbols), octets);
    });
    return codes;
}

}  // namespace zegel::seal
