#pragma once

#include "drivers/base/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace zegel {

/// Upper-case pairs without separators: "00A40400".
std::string toHex(ByteView bytes);

/// Pairs of hexadecimal digits, spaces between pairs allowed; nothing when it is anything else.
std::optional<Bytes> fromHex(std::string_view text);

}  // namespace zegel
