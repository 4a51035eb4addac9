#pragma once

#include "drivers/base/bytes.h"

namespace zegel::tests {

/// How often the octets stand in this process's writable memory: heap, stacks, data. `hidden` is
/// the octets each XORed with 0x5A, so that the search does not find what it searches with.
int countInMemory(ByteView hidden);

/// A sanitizer has an allocator of its own that keeps what was freed, and terabytes of shadow:
/// what it leaves in memory says nothing about the product.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool MemoryIsAsShipped = false;
#else
inline constexpr bool MemoryIsAsShipped = true;
#endif

inline constexpr std::uint8_t Hiding = 0x5A;

}  // namespace zegel::tests
