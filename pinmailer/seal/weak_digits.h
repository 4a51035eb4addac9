#pragma once

#include "drivers/base/bytes.h"

namespace zegel::seal {

/// Whether people would choose, or thieves try, these digits first:
/// a constant step from digit to digit (000000, 123456, 987654, 246802, round the corner too),
/// a shorter block repeated (121212, 123123, 12341234), pairs (112233) or a mirror (123321).
bool weakDigits(ByteView digits) noexcept;

}  // namespace zegel::seal
