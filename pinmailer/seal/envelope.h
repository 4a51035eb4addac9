#pragma once

#include "drivers/base/openssl.h"
#include "drivers/base/secret.h"

#include <span>

namespace zegel::seal {

/// CMS AuthEnvelopedData (RFC 5083), AES-256-GCM with a tag of 16 octets (RFC 5084), DER. RSA
/// recipients by RSAES-OAEP with SHA-256 (RFC 4056, RFC 8017); EC recipients by ephemeral-static
/// ECDH, X9.63 key derivation with SHA-256 and AES-256 key wrap (RFC 5753). Leaves no copy of the
/// content in memory. Errors: Defect when OpenSSL cannot.
Bytes envelop(const SecretBytes& content, std::span<const X509* const> recipients);

/// CMS SignedData (RFC 5652) around `content`, DER, without certificates: who reads it has pinned
/// the signer's. RSA signs by PSS. Errors: Defect when OpenSSL or the token cannot.
Bytes signRecord(ByteView content, const char* contentType, const X509& certificate,
                 const EVP_PKEY& key);

}  // namespace zegel::seal
