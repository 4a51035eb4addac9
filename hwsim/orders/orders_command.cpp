#include "hwsim/orders/orders_command.h"

#include "drivers/base/failure.h"
#include "hwsim/orders/orders_server.h"
#include "hwsim/program/options.h"

#include <csignal>
#include <iostream>

namespace zegel::hwsim {
namespace {

constexpr const char* Usage =
    "zegel-hwsim orders plays an order system: takes a station's events over HTTP on loopback,\n"
    "checks their signatures and their order, and sends batches.\n\n"
    "  --directory D            what was received (made when missing)\n"
    "  --station-certificate F  PEM certificate of the station that tells events\n"
    "  --inbox I                of the station, for POST /batches/NAME\n"
    "  --port P                 default 0: any free one, told when ready\n"
    "  --misbehave WORDS        e.g. \"slow 200\", \"lost-answer 3 times\", \"refuse ORD-1\"\n"
    "  --quiet                  no line for each event\n\n"
    "It can misbehave like this, also while it runs (POST the words to /misbehave):\n";

std::string needed(const Options& options, const std::string& name) {
    if (auto value = options.value(name)) return *value;
    throw Failure{Fault::SettingUnusable, name + " is needed; see --help"};
}

OrdersSimulation simulationFrom(Arguments arguments) {
    const Options options{
        arguments,
        {"--directory", "--station-certificate", "--inbox", "--port", "--misbehave"},
        {"--quiet"}};
    OrdersSimulation wanted;
    wanted.folder = needed(options, "--directory");
    wanted.certificate = needed(options, "--station-certificate");
    wanted.inbox = options.value("--inbox").value_or("");
    wanted.port = static_cast<std::uint16_t>(options.number("--port", 0, 65535).value_or(0));
    if (!options.has("--quiet")) {
        wanted.log = [](const std::string& line) { std::cout << line << std::endl; };
    }
    if (const auto words = options.value("--misbehave")) {
        const auto behaviour = ordersMisbehaviourFrom(*words);
        if (!behaviour) {
            throw Failure{Fault::SettingUnusable,
                          "--misbehave does not know \"" + *words +
                              "\"; zegel-hwsim orders --help lists what it does"};
        }
        wanted.misbehaviour = *behaviour;
    }
    return wanted;
}

}  // namespace

int runOrders(Arguments arguments) {
    if (arguments.empty() || arguments[0] == "--help") {
        std::cout << Usage << listOfOrdersMischief();
        return arguments.empty() ? 2 : 0;
    }
    // Blocked before the server's threads start, so that the signal comes to sigwait and nowhere
    // else.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    const OrdersServer server{simulationFrom(arguments)};
    std::cout << "orders ready on " << server.url() << std::endl;
    int received = 0;
    sigwait(&ends, &received);
    return 0;
}

}  // namespace zegel::hwsim
