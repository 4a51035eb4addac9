#pragma once

#include "drivers/base/bytes.h"

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace zegel::hwsim {

/// A private key on a chip, with the operations the card side of PIV needs, done by OpenSSL.
/// Expected refusals (wrong size, not on the curve) are empty optionals.
/// Errors: Defect when the library fails.
class KeyPair {
public:
    /// Makes a key of one of the algorithms in piv_model.h.
    static KeyPair generated(std::uint8_t algorithm);
    /// Two primes and the CRT parts; nothing when they do not belong together with exponent 65537.
    static std::optional<KeyPair> fromRsaParts(std::uint8_t algorithm, ByteView p, ByteView q,
                                               ByteView dp, ByteView dq, ByteView qinv);
    static std::optional<KeyPair> fromEcScalar(std::uint8_t algorithm, ByteView scalar);
    /// As `der` gave it.
    static KeyPair fromDer(std::uint8_t algorithm, ByteView der);

    std::uint8_t algorithm() const noexcept { return algorithm_; }
    bool isRsa() const noexcept;
    /// Octets of the modulus, or of one coordinate.
    std::size_t size() const noexcept;
    Bytes der() const;
    EVP_PKEY* handle() const noexcept { return key_.get(); }

    /// What stands inside 7F49: {81 n, 82 e} or {86 04||X||Y}.
    Bytes publicTemplate() const;

    /// The private RSA operation on a whole block.
    std::optional<Bytes> rawRsa(ByteView block) const;
    /// ECDSA over a digest of at most the size of the curve, as DER.
    std::optional<Bytes> signDigest(ByteView digest) const;
    /// The x-coordinate shared with an uncompressed point.
    std::optional<Bytes> agree(ByteView point) const;

private:
    KeyPair(std::uint8_t algorithm, EVP_PKEY* key);

    std::uint8_t algorithm_;
    std::shared_ptr<EVP_PKEY> key_;
};

/// One block of 3DES (8 octets) or AES (16), without chaining or padding.
Bytes encryptBlock(std::uint8_t algorithm, ByteView key, ByteView block);
Bytes decryptBlock(std::uint8_t algorithm, ByteView key, ByteView block);

/// Octets of key and of block of the symmetric algorithms; 0 for any other.
std::size_t keyLength(std::uint8_t algorithm) noexcept;
std::size_t blockLength(std::uint8_t algorithm) noexcept;

/// Whether one of the three DES keys is weak or semi-weak (FIPS 74), parity bits aside.
bool isWeakTripleDes(ByteView key) noexcept;

}  // namespace zegel::hwsim
