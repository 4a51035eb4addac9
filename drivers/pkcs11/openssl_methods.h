#pragma once

#include "drivers/base/openssl.h"
#include "drivers/pkcs11/private_operations.h"

#include <memory>

namespace zegel::pkcs11 {

/// An EVP_PKEY with this public part whose private operations happen in the token.
/// Errors: SettingUnusable for a key that is neither RSA nor EC.
openssl::PkeyPtr keyThroughToken(const EVP_PKEY& publicPart,
                                 std::shared_ptr<PrivateOperations> operations);

}  // namespace zegel::pkcs11
