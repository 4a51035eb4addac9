#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/secret.h"
#include "drivers/pkcs11/objects.h"
#include "drivers/pkcs11/token.h"

#include <memory>
#include <string>

namespace zegel::pkcs11 {

/// What one private key in a token can do; openssl_methods.cpp lends it to OpenSSL.
class PrivateOperations {
public:
    /// `id`: the key's CKA_ID, where its label alone does not tell it.
    PrivateOperations(std::shared_ptr<Token> token, const std::string& label, Bytes id = {})
        : token_(std::move(token)), key_(CKO_PRIVATE_KEY, label, std::move(id)) {}

    /// CKM_RSA_PKCS, CKM_RSA_X_509 or CKM_ECDSA over what OpenSSL prepared.
    /// Errors: TokenUnavailable.
    Bytes sign(CK_MECHANISM_TYPE mechanism, ByteView input, std::size_t longest);

    /// CKM_RSA_PKCS or CKM_RSA_X_509. Errors: TokenUnavailable.
    SecretBytes decrypt(CK_MECHANISM_TYPE mechanism, ByteView input, std::size_t longest);

    /// CKM_ECDH1_DERIVE without a KDF: the shared x coordinate. Errors: TokenUnavailable.
    SecretBytes agree(ByteView theirPoint, std::size_t size);

private:
    std::shared_ptr<Token> token_;
    NamedKey key_;
};

}  // namespace zegel::pkcs11
