#pragma once

#include "drivers/base/secret.h"

#include <span>
#include <string>
#include <string_view>

namespace zegel::seal {

/// What a product asks of its codes (the card profile says it; see cardprofiles/profile.h).
struct CodePolicy {
    int pinDigits = 6;
    int pukDigits = 8;           ///< 0: this product has no PUK
    int revocationSymbols = 12;  ///< check symbol included
};

/// The codes of one card, ASCII, between the chip and the seal.
struct Codes {
    SecretBytes pin;
    SecretBytes puk;         ///< empty when the product has none
    SecretBytes revocation;  ///< unambiguous alphabet, check symbol last, no grouping
};

/// The whole rule for the codes of one card: no PIN or PUK with a weak pattern; neither of them in
/// the other, forwards or backwards, nor in the revocation code; none of the three in one of
/// `numbers` (order, card and KvK numbers), and none holds one of them whole.
bool codesFit(const Codes& codes, std::span<const std::string> numbers);

/// Draws uniformly by rejection until the set fits (`codesFit`).
/// Errors: Defect when the policy is outside 4..12 digits or 8..24 symbols, or nothing fits.
Codes drawCodes(const CodePolicy& policy, std::span<const std::string> numbers);

/// Another PIN or PUK of the same length, when a chip finds the first too weak; the whole set fits
/// again. Errors: Defect when nothing fits.
void redrawPin(Codes& codes, std::span<const std::string> numbers);
void redrawPuk(Codes& codes, std::span<const std::string> numbers);

/// Whether what was typed could be a revocation code at all: its length, its symbols and its check
/// symbol. Told before a try is counted, so that a slip of the finger costs none.
bool looksLikeRevocation(const SecretBytes& typed);

/// scrypt over the revocation code, salted: "scrypt$N$r$p$salt$hash" (RFC 7914), all that the
/// station keeps of it.
std::string hashOfRevocation(const SecretBytes& revocation);

/// Forgives case, spaces and hyphens, nothing else; constant time over equal parameters.
/// Errors: Defect when `hash` was not made by hashOfRevocation.
bool revocationMatches(std::string_view hash, const SecretBytes& typed);

/// The same, at the same cost whatever `hash` is, also when it is empty and matches nothing: how
/// long the answer takes tells neither of which product a code is, nor whether there is one.
bool revocationMatchesEvenly(std::string_view hash, const SecretBytes& typed);

}  // namespace zegel::seal
