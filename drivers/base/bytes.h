#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zegel {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// The octets of a text, as they are.
inline Bytes bytesOf(std::string_view text) {
    return {text.begin(), text.end()};
}

/// Octets that are known to be text. Not for secrets: a string is not wiped.
inline std::string textOf(ByteView bytes) {
    return {bytes.begin(), bytes.end()};
}

}  // namespace zegel
