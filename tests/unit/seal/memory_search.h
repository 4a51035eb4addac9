#pragma once

#include "drivers/base/bytes.h"

namespace zegel::tests {

/// How often the octets stand in this process's writable memory: heap, stacks, data. `hidden` is
/// the octets each XORed with 0x5A, so that the search does not find what it searches with.
int countInMemory(ByteView hidden);

inline constexpr std::uint8_t Hiding = 0x5A;

}  // namespace zegel::tests
