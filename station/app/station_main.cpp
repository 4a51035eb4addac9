#include "drivers/base/guarded_process.h"
#include "drivers/base/key_kinds.h"
#include "drivers/base/told.h"
#include "drivers/base/version.h"
#include "station/app/arguments.h"
#include "station/app/exit_status.h"
#include "station/app/station.h"

#include <csignal>
#include <iostream>
#include <thread>

namespace {

constexpr const char* Help =
    "zegel-station [--settings FILE] [--version]\n"
    "\n"
    "Turns orders into cards until it is stopped (SIGTERM, SIGINT). The settings name everything\n"
    "else; config/examples/station.toml tells every key. They are also taken from the "
    "environment:\n"
    "ZEGEL_SETTINGS.\n"
    "\n"
    "Exit status: 0 stopped by signal, 1 something has to be mended first, 2 used wrongly.\n";

/// Waits for SIGTERM or SIGINT on a thread of its own, so that no code runs in a signal handler.
void stopOnSignal(const sigset_t& signals, std::stop_source& stop) {
    int received = 0;
    sigwait(&signals, &received);
    stop.request_stop();
}

int run(const std::vector<std::string>& words) {
    using namespace zegel;
    const station::Arguments arguments{words, {"settings"}, {"help", "version"}};
    if (arguments.has("help")) {
        std::cout << Help;
        return station::Done;
    }
    if (arguments.has("version")) {
        std::cout << "zegel-station " << version() << '\n';
        return station::Done;
    }
    arguments.expectAtMost(0);
    const auto settings = config::readSettings(station::settingsFile(arguments));
    config::makeFolders(settings);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is then told like a full disk
    static std::stop_source stop;   // outlives this function: a detached thread waits with it
    std::thread{[signals] { stopOnSignal(signals, stop); }}.detach();

    station::Station theStation{settings};
    theStation.run(stop.get_token());
    return station::Done;
}

}  // namespace

int main(int count, char** words) {
    try {
        if (const auto complaint = zegel::guardThisProcess()) {
            std::cerr << "warning: " << *complaint << '\n';
        }
        zegel::openssl::readOurKindsOfKeysOnly();
        return run({words + 1, words + count});
    } catch (const zegel::Failure& failure) {
        const bool misused = failure.fault() == zegel::Fault::RequestRefused;
        std::cerr << "zegel-station: " << (misused ? failure.what() : told(failure)) << '\n';
        return misused ? zegel::station::WrongUse : zegel::station::Refused;
    } catch (const std::exception& defect) {
        std::cerr << "zegel-station: " << defect.what() << zegel::lookUp(zegel::Fault::Defect)
                  << '\n';
        return zegel::station::Refused;
    }
}
