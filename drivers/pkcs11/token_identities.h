#pragma once

#include "drivers/base/openssl.h"
#include "drivers/pkcs11/token.h"

#include <memory>
#include <span>
#include <vector>

namespace zegel::pkcs11 {

/// A certificate, and the private key in a token that it was made for (as `tokenPrivateKey`).
struct TokenIdentity {
    openssl::CertificatePtr certificate;
    openssl::PkeyPtr key;
};

/// Every certificate in the token, and every one of `besides`, whose private key the token holds:
/// told by the public key in it, whatever labels and CKA_IDs say. None twice.
/// Errors: SettingUnusable when such a key could be read out, TokenUnavailable.
std::vector<TokenIdentity> identitiesIn(const std::shared_ptr<Token>& token,
                                        std::span<const openssl::CertificatePtr> besides);

}  // namespace zegel::pkcs11
