#pragma once

#include "drivers/base/purpose.h"
#include "drivers/pkcs11/token.h"

#include <string>

namespace zegel::pkcs11 {

enum class SecretKeyUse {
    Cmac,  ///< the master key that card keys come from
    Wrap   ///< keeps secrets outside the token
};

enum class KeyPairUse {
    Sign,    ///< registration authority, station seal, CA
    Decrypt  ///< print room: RSA decryption, or ECDH for an EC key
};

/// Makes an AES-256 key in the token: private, sensitive, never extractable, for one use only.
/// Errors: RequestRefused when the label is taken, TokenUnavailable.
void makeSecretKey(Token& token, const std::string& label, SecretKeyUse use);

/// Makes a key pair in the token; public and private object share label and a random CKA_ID.
/// Errors: RequestRefused when the label is taken, TokenUnavailable.
void makeKeyPair(Token& token, const std::string& label, KeyAlgorithm algorithm, KeyPairUse use);

}  // namespace zegel::pkcs11
