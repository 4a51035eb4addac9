#pragma once

#include "drivers/base/cmac_key.h"
#include "drivers/pkcs11/token.h"

#include <memory>
#include <string>

namespace zegel::pkcs11 {

class NamedKey;

/// AES-CMAC under a master key that never leaves its token. Safe for several threads.
///
/// Source: PKCS#11 v2.40 mechanisms, 2.13 (CKM_AES_CMAC).
class TokenCmacKey final : public CmacKey {
public:
    /// Errors: SettingUnusable when the token has no such key, or would let it out.
    TokenCmacKey(std::shared_ptr<Token> token, const std::string& label);
    ~TokenCmacKey() override;
    TokenCmacKey(const TokenCmacKey&) = delete;
    TokenCmacKey& operator=(const TokenCmacKey&) = delete;

    /// Errors: TokenUnavailable.
    Tag cmac(ByteView message) override;

private:
    std::shared_ptr<Token> token_;
    std::unique_ptr<NamedKey> key_;
};

}  // namespace zegel::pkcs11
