#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "pinmailer/seal/check_symbol.h"
#include "pinmailer/seal/codes.h"
#include "pinmailer/seal/scrypt.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace zegel::seal {
namespace {

constexpr std::size_t SaltOctets = 16;
constexpr std::size_t HashOctets = 32;
constexpr std::size_t LongestTyped = 64;
constexpr std::size_t ShortestCode = 8;
constexpr std::size_t LongestCode = 24;
constexpr std::size_t LongCode = 12;

/// The code is drawn, not chosen. Twelve symbols, of which one checks, are 54 bits of chance: half
/// of them tried at 3 ms each (1 MiB) are 800,000 years of one processor, and more would only slow
/// the line. Eight are 34 bits: half of them at 50 ms each (16 MiB) are 14 years.
constexpr ScryptCost OfShortCode{1U << 14U, 8, 1};
constexpr ScryptCost OfLongCode{1U << 10U, 8, 1};

ScryptCost costFor(const SecretBytes& plain) {
    return plain.size() < LongCode ? OfShortCode : OfLongCode;
}

struct KeptHash {
    ScryptCost cost;
    Bytes salt;
    Bytes hash;
};

/// Upper case, without spaces and hyphens; empty when that leaves nothing that could be a code.
SecretBytes plainOf(const SecretBytes& typed) {
    if (typed.size() > LongestTyped) return {};
    SecretBytes buffer{typed.size()};
    std::size_t length = 0;
    typed.disclose(Disclosure::ToCheck, [&](ByteView from) {
        buffer.fill([&](std::span<std::uint8_t> to) {
            for (const auto octet : from) {
                if (octet == ' ' || octet == '-') continue;
                const bool lower = octet >= 'a' && octet <= 'z';
                to[length++] = lower ? static_cast<std::uint8_t>(octet - 'a' + 'A') : octet;
            }
        });
    });
    return buffer.disclose(Disclosure::ToCheck,
                           [&](ByteView plain) { return secretOf(plain.first(length)); });
}

std::string_view takeField(std::string_view& rest) {
    const auto end = rest.find('$');
    const auto field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return field;
}

template <typename Number>
std::optional<Number> numberIn(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

KeptHash keptHashIn(std::string_view text) {
    auto rest = text;
    const auto name = takeField(rest);
    const auto n = numberIn<std::uint64_t>(takeField(rest));
    const auto r = numberIn<std::uint32_t>(takeField(rest));
    const auto p = numberIn<std::uint32_t>(takeField(rest));
    const auto salt = fromHex(takeField(rest));
    const auto hash = fromHex(rest);
    const bool whole = name == "scrypt" && n && r && p && salt && hash &&
                       salt->size() == SaltOctets && hash->size() == HashOctets;
    if (!whole) throw Failure{Fault::Defect, "the kept revocation hash is not one of ours"};
    return {{*n, *r, *p}, *salt, *hash};
}

}  // namespace

bool looksLikeRevocation(const SecretBytes& typed) {
    return plainOf(typed).disclose(Disclosure::ToCheck, [](ByteView plain) {
        return plain.size() >= ShortestCode && plain.size() <= LongestCode &&
               checks(Mod31Radix3, plain);
    });
}

std::string hashOfRevocation(const SecretBytes& revocation) {
    const auto plain = plainOf(revocation);
    if (plain.empty()) throw Failure{Fault::Defect, "an empty revocation code cannot be hashed"};
    const auto salt = randomBytes(SaltOctets);
    const auto cost = costFor(plain);
    const auto hash = scrypt(plain, salt, cost, HashOctets);
    return "scrypt$" + std::to_string(cost.n) + "$" + std::to_string(cost.r) + "$" +
           std::to_string(cost.p) + "$" + toHex(salt) + "$" + toHex(hash);
}

bool revocationMatches(std::string_view hash, const SecretBytes& typed) {
    const auto kept = keptHashIn(hash);
    const auto plain = plainOf(typed);
    if (plain.empty()) return false;
    const auto found = scrypt(plain, kept.salt, kept.cost, kept.hash.size());
    return CRYPTO_memcmp(found.data(), kept.hash.data(), found.size()) == 0;
}

bool revocationMatchesEvenly(std::string_view hash, const SecretBytes& typed) {
    const auto plain = plainOf(typed);
    const auto known = hash.empty() ? 0 : keptHashIn(hash).cost.n;
    const Bytes anySalt(SaltOctets);
    for (const auto& cost : {OfShortCode, OfLongCode}) {
        if (cost.n != known) scrypt(plain, anySalt, cost, HashOctets);
    }
    return known != 0 && revocationMatches(hash, typed);
}

}  // namespace zegel::seal
