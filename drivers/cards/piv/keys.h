#pragma once

#include "drivers/base/purpose.h"
#include "drivers/base/secret.h"

namespace zegel::piv {

/// The public key a chip tells (7F49: 81 modulus and 82 exponent, or 86 point; [SP 800-73-5] part
/// 2, 3.3.2) as SubjectPublicKeyInfo in DER.
/// Errors: CardUntrusted when it is not a key of this algorithm, or its point is not on the curve.
Bytes publicKeyFrom(ByteView answer, KeyAlgorithm algorithm);

/// A private key (PKCS#8, DER) in the parts that IMPORT KEY takes: RSA 01 p, 02 q, 03 d mod p-1,
/// 04 d mod q-1, 05 q inverse, each half a modulus long; EC 06 the scalar.
/// Errors: Defect when it is not a key of this algorithm, or its exponent is not 65537.
SecretBytes importParts(const SecretBytes& pkcs8, KeyAlgorithm algorithm);

/// Octets of the modulus, or of a coordinate.
std::size_t sizeOf(KeyAlgorithm algorithm) noexcept;

}  // namespace zegel::piv
