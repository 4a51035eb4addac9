#include "drivers/base/guarded_process.h"

#include "drivers/base/failure.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace zegel {
namespace {

void* allocate(std::size_t size, const char* /*file*/, int /*line*/) {
    return std::malloc(size);
}

void wipeAndFree(void* memory, const char* /*file*/, int /*line*/) {
    if (memory == nullptr) return;
    OPENSSL_cleanse(memory, ::malloc_usable_size(memory));
    std::free(memory);
}

void* reallocate(void* memory, std::size_t size, const char* file, int line) {
    if (memory == nullptr) return std::malloc(size);
    if (size == 0) {
        wipeAndFree(memory, file, line);
        return nullptr;
    }
    // realloc would leave the old octets behind when it moves
    const auto held = ::malloc_usable_size(memory);
    if (size <= held && size >= held / 2) return memory;
    auto* moved = std::malloc(size);
    if (moved == nullptr) return nullptr;
    __builtin_memcpy(moved, memory, size < held ? size : held);
    wipeAndFree(memory, file, line);
    return moved;
}

}  // namespace

bool guardThisProcess() {
    if (CRYPTO_set_mem_functions(allocate, reallocate, wipeAndFree) != 1) {
        throw Failure{Fault::Defect, "libcrypto was used before this process was guarded"};
    }
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
        throw Failure{Fault::Defect, "core dumps cannot be switched off"};
    }
    return ::mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
}

}  // namespace zegel
