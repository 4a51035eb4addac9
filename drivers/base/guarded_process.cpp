#include "drivers/base/guarded_process.h"

#include "drivers/base/failure.h"

#include <openssl/crypto.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

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

constexpr std::uint64_t Mebibyte = std::uint64_t{1} << 20U;
/// What a locked program may still map: stacks, heap, modules of tokens. A station with sixteen
/// readers that takes 100,000 orders at once maps 260 MiB more than at its start.
constexpr std::uint64_t Room = 512 * Mebibyte;
constexpr std::size_t LockedStack = Mebibyte;

/// With CAP_IPC_LOCK no limit counts (mlock(2)).
bool locksWithoutLimit() {
    constexpr unsigned CapIpcLock = 14;
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;) {
        if (word != "CapEff:" || !(status >> word)) continue;
        return (std::strtoull(word.c_str(), nullptr, 16) >> CapIpcLock & 1U) != 0;
    }
    return false;
}

std::uint64_t mappedOctets() {
    std::uint64_t pages = 0;
    std::ifstream{"/proc/self/statm"} >> pages;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string notLocked(const std::string& why) {
    return "memory is not locked: " + why +
           "; set LimitMEMLOCK=infinity for the service (or ulimit -l unlimited), and keep swap "
           "off until then";
}

/// Under MCL_FUTURE every mapping counts against the limit in full, also the part of a stack that
/// nobody uses (8 MiB a thread) and the arena that glibc's malloc keeps for a thread (64 MiB): a
/// thread would then not start. Programs that take memory by gperftools have no arenas.
std::optional<std::string> lockMemory() {
    rlimit limit{};
    ::getrlimit(RLIMIT_MEMLOCK, &limit);
    limit.rlim_cur = limit.rlim_max;  // as far as the program may raise it by itself
    ::setrlimit(RLIMIT_MEMLOCK, &limit);
    const bool limited = limit.rlim_cur != RLIM_INFINITY && !locksWithoutLimit();
    const auto needed = mappedOctets() + Room;
    if (limited && limit.rlim_cur < needed) {
        return notLocked("RLIMIT_MEMLOCK allows " + std::to_string(limit.rlim_cur / Mebibyte) +
                         " MiB and " + std::to_string(needed / Mebibyte + 1) + " are needed");
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any other thread
    if (limited) ::mallopt(M_ARENA_MAX, 1);
    if (::mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
        return notLocked(std::generic_category().message(errno));
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) == 0) {
        ::pthread_attr_setstacksize(&attributes, LockedStack);
        ::pthread_setattr_default_np(&attributes);
        ::pthread_attr_destroy(&attributes);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> guardThisProcess() {
    if (CRYPTO_set_mem_functions(allocate, reallocate, wipeAndFree) != 1) {
        throw Failure{Fault::Defect, "libcrypto was used before this process was guarded"};
    }
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0) != 0) {
        throw Failure{Fault::Defect, "core dumps cannot be switched off"};
    }
    return lockMemory();
}

}  // namespace zegel
