#include "pinmailer/press/guarded_process.h"

#include <openssl/crypto.h>

#include <cstdlib>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zegel::press {
namespace {

constexpr rlim_t EnoughToLock = 512U << 20U;

void* take(std::size_t size, const char* /*file*/, int /*line*/) {
    return std::malloc(size);
}

void wipeAndFree(void* memory, const char* /*file*/, int /*line*/) {
    if (memory != nullptr) OPENSSL_cleanse(memory, malloc_usable_size(memory));
    std::free(memory);
}

void* takeAnew(void* memory, std::size_t size, const char* file, int line) {
    if (memory == nullptr) return take(size, file, line);
    auto* grown = take(size, file, line);
    if (grown == nullptr) return nullptr;
    const auto before = malloc_usable_size(memory);
    __builtin_memcpy(grown, memory, before < size ? before : size);
    wipeAndFree(memory, file, line);
    return grown;
}

bool keepOutOfSwap() {
    rlimit limit{};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_MEMLOCK, &limit);
    // With too small a limit every later allocation would fail: better unlocked than unusable.
    const bool enough = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= EnoughToLock;
    return (enough || geteuid() == 0) && mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
}

}  // namespace

std::string guardProcess() {
    const bool wiping = CRYPTO_set_mem_functions(take, takeAnew, wipeAndFree) == 1;
    const rlimit none{0, 0};
    const bool noDumps =
        setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
    umask(S_IRWXG | S_IRWXO);
    std::string missing;
    if (!wiping) missing += "OpenSSL's memory is not wiped; ";
    if (!noDumps) missing += "core dumps are not off; ";
    if (!keepOutOfSwap()) {
        missing += "memory is not locked and may reach swap (raise the limit: ulimit -l); ";
    }
    return missing.empty() ? missing : missing.substr(0, missing.size() - 2);
}

}  // namespace zegel::press
