#include "drivers/base/purpose.h"

#include <algorithm>
#include <utility>

namespace zegel {
namespace {

template <typename Value, std::size_t Count>
using Names = std::array<std::pair<Value, std::string_view>, Count>;

constexpr Names<Purpose, 3> PurposeNames{{{Purpose::Authenticity, "authenticity"},
                                          {Purpose::Authentication, "authentication"},
                                          {Purpose::Confidentiality, "confidentiality"}}};
constexpr Names<KeyAlgorithm, 5> AlgorithmNames{{{KeyAlgorithm::Rsa2048, "rsa-2048"},
                                                 {KeyAlgorithm::Rsa3072, "rsa-3072"},
                                                 {KeyAlgorithm::Rsa4096, "rsa-4096"},
                                                 {KeyAlgorithm::EcP256, "p-256"},
                                                 {KeyAlgorithm::EcP384, "p-384"}}};
constexpr Names<SignatureScheme, 4> SchemeNames{
    {{SignatureScheme::RsaPkcs1Sha256, "rsa-pkcs1-sha256"},
     {SignatureScheme::RsaPssSha512, "rsa-pss-sha512"},
     {SignatureScheme::EcdsaSha256, "ecdsa-sha256"},
     {SignatureScheme::EcdsaSha384, "ecdsa-sha384"}}};

template <typename Value, std::size_t Count>
std::string_view nameIn(const Names<Value, Count>& names, Value value) noexcept {
    for (const auto& [known, name] : names) {
        if (known == value) return name;
    }
    return "unknown";
}

template <typename Value, std::size_t Count>
std::optional<Value> namedIn(const Names<Value, Count>& names, std::string_view wanted) noexcept {
    for (const auto& [value, name] : names) {
        if (name == wanted) return value;
    }
    return std::nullopt;
}

}  // namespace

std::string_view nameOf(Purpose purpose) noexcept {
    return nameIn(PurposeNames, purpose);
}

std::optional<Purpose> purposeNamed(std::string_view name) noexcept {
    return namedIn(PurposeNames, name);
}

std::string_view nameOf(KeyAlgorithm algorithm) noexcept {
    return nameIn(AlgorithmNames, algorithm);
}

std::optional<KeyAlgorithm> keyAlgorithmNamed(std::string_view name) noexcept {
    return namedIn(AlgorithmNames, name);
}

std::string_view nameOf(SignatureScheme scheme) noexcept {
    return nameIn(SchemeNames, scheme);
}

std::optional<SignatureScheme> signatureSchemeNamed(std::string_view name) noexcept {
    return namedIn(SchemeNames, name);
}

bool isRsa(KeyAlgorithm algorithm) noexcept {
    return algorithm != KeyAlgorithm::EcP256 && algorithm != KeyAlgorithm::EcP384;
}

bool fits(SignatureScheme scheme, KeyAlgorithm algorithm) noexcept {
    switch (scheme) {
        case SignatureScheme::RsaPkcs1Sha256:
        case SignatureScheme::RsaPssSha512: return isRsa(algorithm);
        case SignatureScheme::EcdsaSha256: return algorithm == KeyAlgorithm::EcP256;
        case SignatureScheme::EcdsaSha384: return algorithm == KeyAlgorithm::EcP384;
    }
    return false;
}

}  // namespace zegel
