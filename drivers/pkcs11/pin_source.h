#pragma once

#include "drivers/base/secret.h"

#include <functional>

namespace zegel::pkcs11 {

/// Fetches the user's PIN whenever a login needs it, so that nobody has to keep it in memory for
/// the day on which the token is lost and comes back.
using PinSource = std::function<SecretBytes()>;

}  // namespace zegel::pkcs11
