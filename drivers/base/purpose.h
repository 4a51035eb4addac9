#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace zegel {

/// What a key is for, in the words of PKIoverheid's legal-person profiles. Where a purpose lands
/// on a chip (a PIV slot, a PKCS#15 key file, a PKCS#11 object) is the card driver's business.
enum class Purpose { Authenticity, Authentication, Confidentiality };

inline constexpr std::array AllPurposes{Purpose::Authenticity, Purpose::Authentication,
                                        Purpose::Confidentiality};

enum class KeyAlgorithm { Rsa2048, Rsa3072, Rsa4096, EcP256, EcP384 };

/// How a digest becomes a signature (RFC 8017, RFC 5758). The PSS form is SHA-512, MGF1 with
/// SHA-512 and a salt of 64 octets, as PKIoverheid G4 asks.
enum class SignatureScheme { RsaPkcs1Sha256, RsaPssSha512, EcdsaSha256, EcdsaSha384 };

/// "authenticity", "authentication", "confidentiality".
std::string_view nameOf(Purpose purpose) noexcept;
std::optional<Purpose> purposeNamed(std::string_view name) noexcept;

/// "rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384".
std::string_view nameOf(KeyAlgorithm algorithm) noexcept;
std::optional<KeyAlgorithm> keyAlgorithmNamed(std::string_view name) noexcept;

/// "rsa-pkcs1-sha256", "rsa-pss-sha512", "ecdsa-sha256", "ecdsa-sha384".
std::string_view nameOf(SignatureScheme scheme) noexcept;
std::optional<SignatureScheme> signatureSchemeNamed(std::string_view name) noexcept;

bool isRsa(KeyAlgorithm algorithm) noexcept;
/// Whether a key of this algorithm can sign by this scheme.
bool fits(SignatureScheme scheme, KeyAlgorithm algorithm) noexcept;

}  // namespace zegel
