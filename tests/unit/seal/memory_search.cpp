#include "tests/unit/seal/memory_search.h"

#include <algorithm>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace zegel::tests {
namespace {

constexpr std::size_t Piece = 1U << 16U;

/// One octet at a time against the hidden pattern: no plain copy of it is made on the way.
int countIn(ByteView memory, ByteView hidden) {
    int count = 0;
    for (std::size_t at = 0; at + hidden.size() <= memory.size(); ++at) {
        std::size_t same = 0;
        while (same < hidden.size() && (memory[at + same] ^ Hiding) == hidden[same]) {
            ++same;
        }
        if (same == hidden.size()) ++count;
    }
    return count;
}

}  // namespace

int countInMemory(ByteView hidden) {
    // A mapping of its own, shared and so told apart, which is left out of the search.
    constexpr std::size_t BufferSize = 2 * Piece;
    auto* buffer = static_cast<std::uint8_t*>(
        mmap(nullptr, BufferSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const auto bufferStart = reinterpret_cast<std::uintptr_t>(buffer);
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    int count = 0;
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);) {
        unsigned long start = 0;
        unsigned long end = 0;
        char rights[5] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %4s", &start, &end, rights) != 3) continue;
        if (rights[0] != 'r' || rights[1] != 'w') continue;
        if (start <= bufferStart && bufferStart < end) continue;
        for (auto at = start; at < end; at += Piece) {
            const auto wanted = std::min<unsigned long>(Piece + hidden.size() - 1, end - at);
            const auto got = pread(memory, buffer, wanted, static_cast<off_t>(at));
            if (got > 0) count += countIn({buffer, static_cast<std::size_t>(got)}, hidden);
        }
    }
    close(memory);
    munmap(buffer, BufferSize);
    return count;
}

}  // namespace zegel::tests
