#pragma once

#include "drivers/base/openssl.h"
#include "drivers/pkcs11/token.h"

#include <memory>
#include <string>

namespace zegel::pkcs11 {

/// A private key in the token as OpenSSL's own: signs (CMS, CMP, X.509; RSA PKCS#1 and PSS,
/// ECDSA) and decrypts (RSA PKCS#1 and OAEP, ECDH) inside the token, and may be used by several
/// threads at once. Holds the token. A private operation that fails shows as an OpenSSL error
/// whose text says why.
///
/// The certificate of such a key must come from DER, never from X509_set_pubkey with this object:
/// the public key inside would go to the token too.
/// Errors: SettingUnusable when the token has no such key or does not tell its public part,
/// TokenUnavailable.
openssl::PkeyPtr tokenPrivateKey(std::shared_ptr<Token> token, const std::string& label);

/// The public part as a plain key, with no tie to the token. Same errors.
openssl::PkeyPtr tokenPublicKey(Token& token, const std::string& label);

}  // namespace zegel::pkcs11
