#pragma once

#include "drivers/base/secret.h"
#include "drivers/pkcs11/token.h"

#include <memory>
#include <string>

namespace zegel::pkcs11 {

class NamedKey;

/// Keeps secrets outside the token that only the token can open: AES-256-GCM under a key that
/// never leaves it. A wrapped secret is bound to its `context` (a group, an order) and cannot be
/// moved to another one. Safe for several threads.
///
/// Shape: 01 ‖ IV (12) ‖ ciphertext ‖ tag (16). Source: PKCS#11 v2.40 mechanisms, 2.11
/// (CKM_AES_GCM), NIST SP 800-38D.
class TokenWrapKey {
public:
    /// Errors: SettingUnusable when the token has no such key, or would let it out.
    TokenWrapKey(std::shared_ptr<Token> token, const std::string& label);
    ~TokenWrapKey();
    TokenWrapKey(const TokenWrapKey&) = delete;
    TokenWrapKey& operator=(const TokenWrapKey&) = delete;

    /// Errors: Defect for an empty secret, TokenUnavailable.
    Bytes wrap(const SecretBytes& secret, ByteView context);

    /// Errors: SealBroken when the octets are cut, altered, of another key or another context;
    /// TokenUnavailable.
    SecretBytes unwrap(ByteView wrapped, ByteView context);

private:
    std::shared_ptr<Token> token_;
    std::unique_ptr<NamedKey> key_;
};

}  // namespace zegel::pkcs11
