#pragma once

#include "drivers/base/bytes.h"

#include <span>

namespace zegel {

/// Fills with bits fit for keys and codes (RAND_priv_bytes).
/// Errors: Defect when the generator is not seeded.
void fillSecretRandom(std::span<std::uint8_t> out);

/// Octets fit for nonces and public identifiers (RAND_bytes).
/// Errors: Defect when the generator is not seeded.
Bytes randomBytes(std::size_t count);

}  // namespace zegel
