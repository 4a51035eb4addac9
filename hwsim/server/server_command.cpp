#include "hwsim/server/server_command.h"

namespace zegel::hwsim {

Options serverOptions(Arguments arguments, std::vector<std::string> own) {
    own.insert(own.end(), {"--directory", "--port", "--misbehave"});
    Options options{arguments, own, {"--quiet"}};
    if (options.words().empty()) return options;
    throw Failure{Fault::RequestRefused,
                  "\"" + options.words().front() + "\" is not expected here; see --help"};
}

std::string needed(const Options& options, const std::string& name) {
    if (auto value = options.value(name)) return *value;
    throw Failure{Fault::RequestRefused, name + " is needed; see --help"};
}

std::function<void(const std::string&)> logOf(const Options& options) {
    if (options.has("--quiet")) return nullptr;
    return [](const std::string& line) { std::cout << line << std::endl; };
}

EndSignals::EndSignals() {
    sigemptyset(&ends_);
    sigaddset(&ends_, SIGTERM);
    sigaddset(&ends_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends_, nullptr);
}

void EndSignals::await() const {
    int received = 0;
    sigwait(&ends_, &received);
}

}  // namespace zegel::hwsim
