#pragma once

#include "drivers/base/bytes.h"

#include <openssl/crypto.h>

#include <concepts>
#include <cstddef>
#include <functional>
#include <utility>

namespace zegel {

/// Why a secret may be read. Each use stands in tests/style/disclosures.txt.
enum class Disclosure {
    ToChip,       ///< into a command that goes to the chip
    ToCipher,     ///< into a cipher, MAC, hash or key object of a library
    ToSeal,       ///< into the sealed record for the print room or the recovery officer
    ToPaper,      ///< onto the letter
    ToCheck,      ///< a rule about the secret itself: weak pattern, length, equality
    ToState,      ///< the simulator's own state file (hwsim only)
    ToTranscript  ///< text of a body that is `Shown`
};

/// Bytes that are wiped when they die, move but never copy, and have no way to be printed,
/// compared or converted. The only door is `disclose`, which names its reason.
class SecretBytes {
public:
    SecretBytes() = default;

    /// `size` zero bytes, to be filled in place. Sized once: growing would leave a copy behind.
    explicit SecretBytes(std::size_t size) : bytes_(size) {}

    /// Takes the octets over and leaves a wiped, empty vector.
    explicit SecretBytes(Bytes&& bytes) noexcept : bytes_(std::exchange(bytes, {})) {}

    ~SecretBytes() { wipe(); }

    SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

    SecretBytes& operator=(SecretBytes&& other) noexcept {
        if (this != &other) {
            wipe();
            bytes_ = std::exchange(other.bytes_, {});
        }
        return *this;
    }

    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;

    std::size_t size() const noexcept { return bytes_.size(); }
    bool empty() const noexcept { return bytes_.empty(); }

    /// The one way to read. What `use` returns must not hold the secret.
    template <std::invocable<ByteView> Use>
    decltype(auto) disclose(Disclosure /*why*/, Use&& use) const {
        return std::invoke(std::forward<Use>(use), ByteView{bytes_});
    }

    /// Fills in place, so that the plaintext never exists anywhere else.
    template <std::invocable<std::span<std::uint8_t>> Fill>
    void fill(Fill&& fillIn) {
        std::invoke(std::forward<Fill>(fillIn), std::span{bytes_});
    }

private:
    void wipe() noexcept { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

    Bytes bytes_;
};

/// Equality without a timing trace (CRYPTO_memcmp); sizes are not secret.
bool sameSecret(const SecretBytes& one, const SecretBytes& other) noexcept;

/// A secret from octets that are no secret elsewhere, such as a published factory default.
SecretBytes secretOf(ByteView bytes);

}  // namespace zegel
