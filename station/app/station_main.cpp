#include "drivers/base/failure.h"
#include "drivers/base/guarded_process.h"
#include "drivers/base/key_kinds.h"
#include "station/app/arguments.h"
#include "station/app/station.h"

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace {

constexpr const char* Help =
    "zegel-station --settings FILE\n"
    "\n"
    "Turns orders into cards until it is stopped (SIGTERM, SIGINT). The settings name everything\n"
    "else; config/examples/station.toml tells every key.\n"
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
    const station::Arguments arguments{words, {"settings"}, {"help"}};
    if (arguments.has("help")) {
        std::cout << Help;
        return 0;
    }
    const auto settings = config::readSettings(arguments.required("settings"));
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
    return 0;
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
        std::cerr << "zegel-station: " << failure.what() << " [" << nameOf(failure.fault())
                  << "]\n";
        return failure.fault() == zegel::Fault::RequestRefused ? 2 : 1;
    } catch (const std::exception& defect) {
        std::cerr << "zegel-station: defect: " << defect.what() << '\n';
        return 1;
    }
}
