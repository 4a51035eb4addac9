// Whatever this program frees is wiped first, also by libraries that know nothing of secrets: cairo
// and zlib compress pages with codes, libcurl and TLS hold pieces of them on their way to the
// printer. glibc lets a program stand before its own functions (malloc, "Replacing malloc"); those
// that take memory stay as they are. Sanitizers have an allocator of their own.

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <string.h>

// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,cppcoreguidelines-no-malloc)
extern "C" {

void __libc_free(void* memory) noexcept;
void* __libc_malloc(std::size_t size) noexcept;

void free(void* memory) noexcept {
    if (memory == nullptr) return;
    ::explicit_bzero(memory, ::malloc_usable_size(memory));
    __libc_free(memory);
}

void* realloc(void* memory, std::size_t size) noexcept {
    if (memory == nullptr) return __libc_malloc(size);
    if (size == 0) {
        free(memory);
        return nullptr;
    }
    const auto held = ::malloc_usable_size(memory);
    if (size <= held && size >= held / 2) return memory;
    void* const moved = __libc_malloc(size);
    if (moved == nullptr) return nullptr;
    std::memcpy(moved, memory, std::min(held, size));
    free(memory);
    return moved;
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,cppcoreguidelines-no-malloc)

#endif
