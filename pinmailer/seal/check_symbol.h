#pragma once

#include "drivers/base/bytes.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace zegel::seal {

/// A pure check-character system of ISO/IEC 7064 (clauses 6 and 7): a string with its check
/// symbol last is right when the sum of its symbols' values, each times a power of the radix that
/// grows from right to left, leaves 1 after division by the modulus.
struct CheckSystem {
    std::string_view symbols;  ///< a symbol's value is its place; the check symbol may be any
    unsigned modulus;          ///< prime
    unsigned radix;
};

/// The revocation code's own: 31 symbols, without 0, O, 1, I and L. 31 is prime and 3 is a
/// primitive root of it, so every single wrong symbol and every swap of two symbols up to 29
/// places apart is noticed. The standard's MOD 37,36 could yield a check symbol that the code
/// must not hold, and a hybrid MOD n+1,n needs an even n.
inline constexpr CheckSystem Mod31Radix3{"23456789ABCDEFGHJKMNPQRSTUVWXYZ", 31, 3};

/// The symbol to append; nothing when a symbol is foreign.
std::optional<std::uint8_t> checkSymbolOf(const CheckSystem& system, ByteView symbols) noexcept;

/// Whether the last symbol is the check symbol of those before it.
bool checks(const CheckSystem& system, ByteView symbols) noexcept;

}  // namespace zegel::seal
