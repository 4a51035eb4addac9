#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/purpose.h"

namespace zegel::piv {

/// What the chip's private-key operation is given for a digest: an encoded message as long as the
/// modulus (RFC 8017, 9.1.1 EMSA-PSS with MGF1 and a fresh salt of 64 octets; 9.2
/// EMSA-PKCS1-v1_5), or for ECDSA the digest, with zeros in front up to a coordinate's length.
/// Errors: Defect when scheme, algorithm and length of the digest do not belong together.
Bytes toBeSigned(SignatureScheme scheme, KeyAlgorithm algorithm, ByteView digest);

}  // namespace zegel::piv
