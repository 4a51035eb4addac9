#pragma once

#include "drivers/base/secret.h"

#include <cstdint>

namespace zegel::seal {

/// RFC 7914: memory is 128 * n * r octets.
struct ScryptCost {
    std::uint64_t n;  ///< a power of two
    std::uint32_t r;
    std::uint32_t p;
};

/// Errors: Defect when the cost is invalid or asks for more than 64 MiB.
Bytes scrypt(const SecretBytes& password, ByteView salt, const ScryptCost& cost,
             std::size_t octets);

}  // namespace zegel::seal
