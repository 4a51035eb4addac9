#include "drivers/base/guarded_process.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace zegel {
namespace {

constexpr rlim_t Mebibyte = rlim_t{1} << 20U;
constexpr unsigned Nobody = 65534;

bool isLocked() {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;) {
        long kibibytes = 0;
        if (word == "VmLck:" && status >> kibibytes) return kibibytes > 0;
    }
    return false;
}

bool startsManyThreads() {
    try {
        std::vector<std::jthread> threads;
        for (int count = 0; count < 32; ++count)
            threads.emplace_back([] { const std::vector<char> used(100000, 'x'); });
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

enum Seen : int { Complained = 1, Named = 2, Locked = 4, ThreadsStart = 8, CannotTry = 64 };

/// What a process of an ordinary user sees that may lock so much.
int seenUnder(rlim_t limit) {
    const auto child = ::fork();
    if (child == 0) {
        const rlimit both{limit, limit};
        if (::setrlimit(RLIMIT_MEMLOCK, &both) != 0) ::_exit(CannotTry);
        if (::geteuid() == 0 && ::setuid(Nobody) != 0) ::_exit(CannotTry);
        const auto complaint = guardThisProcess();
        int seen = complaint ? Complained : 0;
        if (complaint && complaint->find("LimitMEMLOCK=infinity") != std::string::npos) {
            seen |= Named;
        }
        if (isLocked()) seen |= Locked;
        if (startsManyThreads()) seen |= ThreadsStart;
        ::_exit(seen);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(GuardedProcess, saysWhatToSetWhenTheLimitIsTooSmallToGrowInAndStartsItsThreads) {
    for (const rlim_t mebibytes : {0, 8, 64, 128}) {
        const int seen = seenUnder(mebibytes * Mebibyte);
        if (seen == CannotTry) continue;  // more than an ordinary user may ask for
        EXPECT_EQ(seen, Complained | Named | ThreadsStart) << mebibytes << " MiB";
    }
}

TEST(GuardedProcess, locksItsMemoryAndStartsItsThreadsWithinALimitThatIsLargeEnough) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer maps terabytes";
#endif
    const int seen = seenUnder(1024 * Mebibyte);
    if (seen == CannotTry) GTEST_SKIP() << "an ordinary user may not lock so much here";
    EXPECT_EQ(seen, Locked | ThreadsStart);
}

}  // namespace
}  // namespace zegel
