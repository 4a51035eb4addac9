#include "station/app/sole_use.h"

#include "drivers/base/failure.h"

#include <chrono>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace zegel::station {
namespace {

using namespace std::chrono_literals;

constexpr int Tries = 10;
constexpr auto BetweenTries = 20ms;

std::string lockOf(const std::filesystem::path& ledger) {
    return ledger.string() + ".lock";
}

/// Somebody who only asks whether a station runs holds it for an instant.
bool locks(int descriptor) {
    for (int attempt = 0; attempt < Tries; ++attempt) {
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return true;
        std::this_thread::sleep_for(BetweenTries);
    }
    return false;
}

}  // namespace

SoleUse::SoleUse(const std::filesystem::path& ledger)
    : descriptor_(::open(lockOf(ledger).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ >= 0 && locks(descriptor_)) return;
    const bool taken = descriptor_ >= 0;
    if (taken) ::close(descriptor_);
    throw Failure{Fault::SettingUnusable,
                  taken
                      ? "another station runs on the ledger " + ledger.string() + ": stop it first"
                      : "cannot write beside the ledger " + ledger.string() +
                            ": check its folder and the disk"};
}

SoleUse::~SoleUse() {
    ::close(descriptor_);
}

bool stationRunsOn(const std::filesystem::path& ledger) {
    const int descriptor = ::open(lockOf(ledger).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool free = ::flock(descriptor, LOCK_SH | LOCK_NB) == 0;
    ::close(descriptor);
    return !free;
}

}  // namespace zegel::station
