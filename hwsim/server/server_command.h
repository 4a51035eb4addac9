#pragma once

#include "drivers/base/failure.h"
#include "hwsim/command/options.h"
#include "hwsim/server/simulation.h"

#include <csignal>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::hwsim {

/// The options that every simulated server has, with those of its own.
Options serverOptions(Arguments arguments, std::vector<std::string> own);

/// Errors: RequestRefused when the option is not given.
std::string needed(const Options& options, const std::string& name);

/// Prints each line of a log, unless --quiet.
std::function<void(const std::string&)> logOf(const Options& options);

/// Errors: RequestRefused for what cannot be understood.
template <typename Kind>
void readServerOptions(const Options& options, const MischiefTable<Kind>& table,
                       ServerSimulation<Kind>& into) {
    into.folder = needed(options, "--directory");
    into.port = static_cast<std::uint16_t>(options.number("--port", 0, 65535).value_or(0));
    into.log = logOf(options);
    const auto words = options.value("--misbehave");
    if (!words) return;
    const auto wanted = table.read(*words);
    if (!wanted) {
        throw Failure{Fault::RequestRefused,
                      "--misbehave does not know \"" + *words + "\"; --help lists what it does"};
    }
    into.misbehaviour = *wanted;
}

/// Blocks SIGTERM and SIGINT for this thread and all it starts, so that they come to `await`.
class EndSignals {
public:
    EndSignals();
    void await() const;

private:
    sigset_t ends_{};
};

/// Runs a server until SIGTERM or SIGINT. `usage` is printed when nothing is asked, with status 2,
/// or for --help.
template <typename Server, typename Reading>
int runServer(std::string_view name, const std::string& usage, Arguments arguments,
              const Reading& simulationFrom) {
    if (arguments.empty() || arguments[0] == "--help") {
        std::cout << usage;
        return arguments.empty() ? 2 : 0;
    }
    const EndSignals ends;
    const Server server{simulationFrom(arguments)};
    std::cout << name << " ready on " << server.url() << std::endl;
    ends.await();
    return 0;
}

}  // namespace zegel::hwsim
