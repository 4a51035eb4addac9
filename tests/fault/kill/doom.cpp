#include "tests/fault/kill/doom.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <unistd.h>

namespace zegel::tests {
namespace {

Doom armed;
std::atomic<std::uint64_t> passed{0};

}  // namespace

void arm(const Doom& doom) noexcept {
    armed = doom;
    passed = 0;
}

void pass(Blow blow) noexcept {
    if (isDue(blow)) die();
}

bool isDue(Blow blow) noexcept {
    return armed.number != 0 && blow == armed.blow && ++passed == armed.number;
}

void die() noexcept {
    ::kill(::getpid(), SIGKILL);
    std::abort();
}

}  // namespace zegel::tests
