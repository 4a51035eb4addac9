#include "drivers/base/secret.h"

#include <algorithm>

namespace zegel {

bool sameSecret(const SecretBytes& one, const SecretBytes& other) noexcept {
    if (one.size() != other.size()) return false;
    return one.disclose(Disclosure::ToCheck, [&](ByteView left) {
        return other.disclose(Disclosure::ToCheck, [&](ByteView right) {
            return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
        });
    });
}

SecretBytes secretOf(ByteView bytes) {
    SecretBytes secret{bytes.size()};
    secret.fill([&](std::span<std::uint8_t> out) { std::ranges::copy(bytes, out.begin()); });
    return secret;
}

}  // namespace zegel
