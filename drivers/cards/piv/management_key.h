#pragma once

#include "drivers/cards/piv/application.h"

#include <optional>
#include <string_view>
#include <vector>

namespace zegel::piv {

/// The ciphers a management key (9B) can belong to, by their identifiers ([SP 800-78-5] table 7).
enum class ManagementCipher : std::uint8_t {
    TripleDes = 0x03,
    Aes128 = 0x08,
    Aes192 = 0x0A,
    Aes256 = 0x0C
};

/// Strongest first.
inline constexpr std::array AllManagementCiphers{ManagementCipher::Aes256, ManagementCipher::Aes192,
                                                 ManagementCipher::Aes128,
                                                 ManagementCipher::TripleDes};

std::string_view nameOf(ManagementCipher cipher) noexcept;
std::size_t keyLength(ManagementCipher cipher) noexcept;
std::optional<ManagementCipher> managementCipherWithId(std::uint8_t id) noexcept;

/// The published default, 0102…08 repeated to the cipher's length.
SecretBytes factoryManagementKey(ManagementCipher cipher);

/// A diversified key as the cipher takes it: for 3DES each octet gets odd parity. Nothing when
/// 3DES calls it weak, or two of its three keys are the same.
std::optional<SecretBytes> fitted(ManagementCipher cipher, SecretBytes key);

enum class Authentication {
    Proved,       ///< the chip knows the key, and now knows that we do
    OtherCipher,  ///< the chip's key is not one of this cipher; nothing was tried
    OtherKey      ///< the chip's key is another one
};

/// Proves the key both ways: the chip first, then we ([SP 800-73-5] part 2, appendix A.1). No
/// tries are counted. Errors: CardUntrusted when the chip answers our challenge wrongly.
Authentication authenticateManagement(Application& application, ManagementCipher cipher,
                                      const SecretBytes& key);

}  // namespace zegel::piv
