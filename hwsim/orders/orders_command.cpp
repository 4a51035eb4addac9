#include "hwsim/orders/orders_command.h"

#include "hwsim/orders/orders_server.h"
#include "hwsim/server/server_command.h"

namespace zegel::hwsim {
namespace {

constexpr const char* Usage =
    "zegel-hwsim orders plays an order system: takes a station's events over HTTP on loopback,\n"
    "checks their signatures and their order, and sends batches.\n\n"
    "  --directory D            what was received (made when missing)\n"
    "  --station-certificate F  PEM certificate of the station that tells events\n"
    "  --inbox I                of the station, for POST /batches/NAME\n"
    "  --station URL            of the station's API instead: https://HOST:PORT, with\n"
    "  --client-certificate F   PEM, with those above it, of role order-system there,\n"
    "  --client-key F           PEM, and\n"
    "  --authorities F          PEM, the CAs of the station's own certificate\n"
    "  --port P                 default 0: any free one, told when ready\n"
    "  --misbehave WORDS        e.g. \"slow 200\", \"lost-answer 3 times\", \"refuse ORD-1\"\n"
    "  --quiet                  no line for each event\n\n"
    "It can misbehave like this, also while it runs (POST the words to /misbehave):\n";

OrdersSimulation simulationFrom(Arguments arguments) {
    const auto options =
        serverOptions(arguments, {"--station-certificate", "--inbox", "--station",
                                  "--client-certificate", "--client-key", "--authorities"});
    OrdersSimulation wanted;
    readServerOptions(options, OrdersMischiefs, wanted);
    wanted.certificate = needed(options, "--station-certificate");
    wanted.inbox = options.value("--inbox").value_or("");
    if (const auto url = options.value("--station")) {
        wanted.station = {*url, needed(options, "--client-certificate"),
                          needed(options, "--client-key"), needed(options, "--authorities")};
    }
    return wanted;
}

}  // namespace

int runOrders(Arguments arguments) {
    return runServer<OrdersServer>("orders", Usage + OrdersMischiefs.list(), arguments,
                                   simulationFrom);
}

}  // namespace zegel::hwsim
