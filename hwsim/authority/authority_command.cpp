#include "hwsim/authority/authority_command.h"

#include "drivers/base/failure.h"
#include "hwsim/authority/authority_server.h"

#include <charconv>
#include <csignal>
#include <iostream>

namespace zegel::hwsim {

namespace {

constexpr const char* Usage =
    "zegel-hwsim authority plays a CA: CMP over HTTP on loopback.\n\n"
    "  --directory D               keys, certificates and what was issued (made when missing)\n"
    "  --registration-authority F  PEM certificate of the one who may ask\n"
    "  --port P                    default 0: any free one, told when ready\n"
    "  --url U                     as written into certificates; default http://127.0.0.1:PORT\n"
    "  --misbehave WORDS           e.g. \"slow 2000\", \"lost-answer once\", \"refuse 2 times "
    "after "
    "3\"\n"
    "  --quiet                     no line for each exchange\n\n"
    "It can misbehave like this, also while it runs (POST the words to /misbehave):\n";

std::uint16_t portFrom(const std::string& text) {
    std::uint16_t port = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
    if (read.ec == std::errc{} && read.ptr == text.data() + text.size()) return port;
    throw Failure{Fault::SettingUnusable, "--port takes a number from 0 to 65535"};
}

Misbehaviour wantedFrom(const std::string& words) {
    const auto wanted = misbehaviourFrom(words);
    if (wanted) return *wanted;
    throw Failure{Fault::SettingUnusable,
                  "--misbehave does not know \"" + words +
                      "\"; zegel-hwsim authority --help lists what it does"};
}

AuthoritySimulation simulationFrom(Arguments arguments) {
    AuthoritySimulation wanted;
    wanted.log = [](const std::string& line) { std::cout << line << std::endl; };
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& name = arguments[i];
        if (name == "--quiet") {
            wanted.log = nullptr;
            continue;
        }
        if (i + 1 == arguments.size()) {
            throw Failure{Fault::SettingUnusable, name + " is unknown or lacks its value"};
        }
        const auto& value = arguments[++i];
        if (name == "--directory") {
            wanted.folder = value;
        } else if (name == "--registration-authority") {
            wanted.registrationAuthority = value;
        } else if (name == "--port") {
            wanted.port = portFrom(value);
        } else if (name == "--url") {
            wanted.url = value;
        } else if (name == "--misbehave") {
            wanted.misbehaviour = wantedFrom(value);
        } else {
            throw Failure{Fault::SettingUnusable, "there is no option " + name};
        }
    }
    if (wanted.folder.empty() || wanted.registrationAuthority.empty()) {
        throw Failure{Fault::SettingUnusable,
                      "--directory and --registration-authority are needed; see --help"};
    }
    return wanted;
}

}  // namespace

int runAuthority(Arguments arguments) {
    if (arguments.empty() || arguments[0] == "--help") {
        std::cout << Usage << listOfMischief();
        return arguments.empty() ? 2 : 0;
    }
    // Blocked before the server's threads start, so that the signal comes to sigwait and nowhere
    // else.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    const AuthorityServer server{simulationFrom(arguments)};
    std::cout << "authority ready on " << server.url() << std::endl;
    int received = 0;
    sigwait(&ends, &received);
    return 0;
}

}  // namespace zegel::hwsim
