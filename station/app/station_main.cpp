#include "drivers/base/guarded_process.h"
#include "drivers/base/key_kinds.h"
#include "drivers/base/told.h"
#include "drivers/base/version.h"
#include "station/app/arguments.h"
#include "station/app/exit_status.h"
#include "station/app/station.h"

#include <Poco/Util/ServerApplication.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <iostream>
#include <thread>
#include <unistd.h>

namespace {

constexpr const char* Help =
    "zegel-station [--settings FILE] [--version]\n"
    "\n"
    "Turns orders into cards until it is stopped (SIGTERM, SIGINT, SIGQUIT). The settings name "
    "all\n"
    "else; config/examples/station.toml tells every key. They are also taken from the "
    "environment:\n"
    "ZEGEL_SETTINGS.\n"
    "\n"
    "Exit status: 0 stopped by signal, 1 something has to be mended first, 2 used wrongly.\n";

/// Poco's constructor takes these signals for itself, and makes exceptions of them; a station whose
/// memory is broken does not go on. Whoever had them before gets them back.
class BrokenMemory {
public:
    BrokenMemory() { std::ranges::transform(Signals, before_.begin(), handlerOf); }
    void asBefore() const {
        for (std::size_t at = 0; at < Signals.size(); ++at)
            ::sigaction(Signals.at(at), &before_.at(at), nullptr);
    }

private:
    static constexpr std::array Signals{SIGILL, SIGBUS, SIGSEGV, SIGSYS};
    static struct sigaction handlerOf(int signal) {
        struct sigaction handler {};
        ::sigaction(signal, nullptr, &handler);
        return handler;
    }

    std::array<struct sigaction, Signals.size()> before_{};
};

/// Poco's frame of a service: it waits for SIGTERM, SIGINT or SIGQUIT; a station that ends by
/// itself sends it one. Words, statuses and options are our own: none are passed on to it.
class Service final : public Poco::Util::ServerApplication {
public:
    explicit Service(const zegel::config::Settings& settings) : settings_(settings) {}

    /// Until it is stopped. Errors: what the station cannot start with, or was stopped by.
    void serve() {
        const int status = run({"zegel-station"});
        if (failure_) std::rethrow_exception(failure_);
        if (status != EXIT_OK)
            throw zegel::Failure{zegel::Fault::Defect, "Poco's service ended by itself"};
    }

protected:
    int main(const std::vector<std::string>&) override {
        blockSignals();  // in every thread: they are waited for here
        try {
            zegel::station::Station station{settings_};
            std::jthread working{[&](const std::stop_token& stop) {
                try {
                    station.run(stop);
                } catch (...) {
                    failure_ = std::current_exception();
                }
                ::kill(::getpid(), SIGTERM);
            }};
            waitForTerminationRequest();
        } catch (...) {
            failure_ = std::current_exception();
        }
        return EXIT_OK;
    }

private:
    static void blockSignals() {
        sigset_t signals;
        sigemptyset(&signals);
        for (const int ending : {SIGTERM, SIGINT, SIGQUIT})
            sigaddset(&signals, ending);
        pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    }

    const zegel::config::Settings& settings_;
    std::exception_ptr failure_;
};

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
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is then told like a full disk
    const BrokenMemory brokenMemory;
    Service service{settings};
    brokenMemory.asBefore();
    service.serve();
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
    } catch (const Poco::Exception& broken) {
        std::cerr << "zegel-station: " << broken.displayText()
                  << zegel::lookUp(zegel::Fault::Defect) << '\n';
        return zegel::station::Refused;
    } catch (const std::exception& defect) {
        std::cerr << "zegel-station: " << defect.what() << zegel::lookUp(zegel::Fault::Defect)
                  << '\n';
        return zegel::station::Refused;
    }
}
