#include "drivers/cards/piv/references.h"

namespace zegel::piv {

std::string toText(Version version) {
    return std::to_string(version.major) + "." + std::to_string(version.minor) + "." +
           std::to_string(version.patch);
}

Slot slotFor(Purpose purpose) noexcept {
    switch (purpose) {
        case Purpose::Authenticity: return Slot::Signature;
        case Purpose::Authentication: return Slot::Authentication;
        case Purpose::Confidentiality: return Slot::KeyManagement;
    }
    return Slot::Signature;
}

iso7816::Tag certificateObjectFor(Purpose purpose) noexcept {
    switch (purpose) {
        case Purpose::Authenticity: return object::SignatureCertificate;
        case Purpose::Authentication: return object::AuthenticationCertificate;
        case Purpose::Confidentiality: return object::KeyManagementCertificate;
    }
    return object::SignatureCertificate;
}

AlgorithmId idOf(KeyAlgorithm algorithm) noexcept {
    switch (algorithm) {
        case KeyAlgorithm::Rsa2048: return AlgorithmId::Rsa2048;
        case KeyAlgorithm::Rsa3072: return AlgorithmId::Rsa3072;
        case KeyAlgorithm::Rsa4096: return AlgorithmId::Rsa4096;
        case KeyAlgorithm::EcP256: return AlgorithmId::EcP256;
        case KeyAlgorithm::EcP384: return AlgorithmId::EcP384;
    }
    return AlgorithmId::Rsa2048;
}

std::optional<KeyAlgorithm> algorithmWithId(std::uint8_t id) noexcept {
    for (const auto algorithm :
         {KeyAlgorithm::Rsa2048, KeyAlgorithm::Rsa3072, KeyAlgorithm::Rsa4096, KeyAlgorithm::EcP256,
          KeyAlgorithm::EcP384}) {
        if (static_cast<std::uint8_t>(idOf(algorithm)) == id) return algorithm;
    }
    return std::nullopt;
}

}  // namespace zegel::piv
