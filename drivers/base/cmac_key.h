#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/secret.h"

#include <array>

namespace zegel {

/// AES-CMAC under one key, wherever that key lives: in a PKCS#11 token
/// (drivers/pkcs11/token_cmac_key.h) or in memory. Safe for several threads.
///
/// Source: NIST SP 800-38B, RFC 4493.
class CmacKey {
public:
    using Tag = std::array<std::uint8_t, 16>;

    virtual ~CmacKey() = default;
    CmacKey(const CmacKey&) = delete;
    CmacKey& operator=(const CmacKey&) = delete;

    /// The tag over the whole message. Wipe it when it becomes a key.
    /// Errors: TokenUnavailable when the key lives in a token that does not answer.
    virtual Tag cmac(ByteView message) = 0;

protected:
    CmacKey() = default;
};

/// A key in memory: session keys of secure channels, and chips in the simulator.
class MemoryCmacKey final : public CmacKey {
public:
    /// Errors: Defect when the key is not 16, 24 or 32 octets.
    explicit MemoryCmacKey(SecretBytes key);

    Tag cmac(ByteView message) override;

private:
    SecretBytes key_;
};

}  // namespace zegel
