#include "pinmailer/seal/check_symbol.h"

namespace zegel::seal {
namespace {

/// Horner's rule from the left: the sum of value * radix^(places to the right + 1), modulo.
std::optional<unsigned> weighedSum(const CheckSystem& system, ByteView symbols) noexcept {
    unsigned sum = 0;
    for (const auto symbol : symbols) {
        const auto value = system.symbols.find(static_cast<char>(symbol));
        if (value == std::string_view::npos) return std::nullopt;
        sum = (sum + static_cast<unsigned>(value)) * system.radix % system.modulus;
    }
    return sum;
}

}  // namespace

std::optional<std::uint8_t> checkSymbolOf(const CheckSystem& system, ByteView symbols) noexcept {
    const auto sum = weighedSum(system, symbols);
    if (!sum) return std::nullopt;
    const auto value = (system.modulus + 1 - *sum) % system.modulus;
    return static_cast<std::uint8_t>(system.symbols[value]);
}

bool checks(const CheckSystem& system, ByteView symbols) noexcept {
    if (symbols.empty()) return false;
    const auto last = symbols.size() - 1;
    return checkSymbolOf(system, symbols.first(last)) == symbols[last];
}

}  // namespace zegel::seal
