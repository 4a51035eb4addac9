#pragma once

#include "drivers/base/purpose.h"
#include "drivers/iso7816/tlv.h"

#include <compare>
#include <optional>
#include <string>

namespace zegel::piv {

/// Key references in the P2 of a command ([SP 800-78-5] table 6; [SP 800-73-5] part 1, table 4b).
enum class Slot : std::uint8_t {
    Authentication = 0x9A,
    Management = 0x9B,
    Signature = 0x9C,
    KeyManagement = 0x9D,
    Attestation = 0xF9
};

/// References of codes ([SP 800-73-5] part 1, table 4a).
enum class CodeReference : std::uint8_t { Pin = 0x80, Puk = 0x81 };

/// Algorithm identifiers ([SP 800-78-5] table 7; 05 for RSA-3072 and 16 for RSA-4096 are those of
/// the administration extension, the standard has only 05).
enum class AlgorithmId : std::uint8_t {
    Rsa3072 = 0x05,
    Rsa2048 = 0x07,
    EcP256 = 0x11,
    EcP384 = 0x14,
    Rsa4096 = 0x16
};

/// Data objects ([SP 800-73-5] part 1, table 3).
namespace object {
inline constexpr iso7816::Tag CardCapability = 0x5FC107;
inline constexpr iso7816::Tag CardHolderIdentifier = 0x5FC102;
inline constexpr iso7816::Tag AuthenticationCertificate = 0x5FC105;
inline constexpr iso7816::Tag SignatureCertificate = 0x5FC10A;
inline constexpr iso7816::Tag KeyManagementCertificate = 0x5FC10B;
inline constexpr iso7816::Tag AttestationCertificate = 0x5FFF01;
}  // namespace object

/// What the GET VERSION of the administration extension tells.
struct Version {
    int major = 0;
    int minor = 0;
    int patch = 0;

    // clang-tidy 14 takes the zero of a rewritten comparison for a pointer.
    // NOLINTNEXTLINE(modernize-use-nullptr)
    friend auto operator<=>(const Version&, const Version&) = default;
};

std::string toText(Version version);  // "5.7.1"

/// Authenticity signs for the group and asks for the PIN every time: 9C. Authentication: 9A.
/// Confidentiality: 9D.
Slot slotFor(Purpose purpose) noexcept;
iso7816::Tag certificateObjectFor(Purpose purpose) noexcept;

AlgorithmId idOf(KeyAlgorithm algorithm) noexcept;
std::optional<KeyAlgorithm> algorithmWithId(std::uint8_t id) noexcept;

}  // namespace zegel::piv
