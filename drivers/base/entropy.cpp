#include "drivers/base/entropy.h"

#include "drivers/base/failure.h"

#include <openssl/rand.h>

namespace zegel {

void fillSecretRandom(std::span<std::uint8_t> out) {
    if (RAND_priv_bytes(out.data(), static_cast<int>(out.size())) != 1) {
        throw Failure{Fault::Defect, "the random generator is not ready"};
    }
}

Bytes randomBytes(std::size_t count) {
    Bytes bytes(count);
    if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) {
        throw Failure{Fault::Defect, "the random generator is not ready"};
    }
    return bytes;
}

}  // namespace zegel
