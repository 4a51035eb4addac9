#pragma once

#include "hwsim/orders/orders_mischief.h"
#include "hwsim/orders/station_line.h"
#include "hwsim/server/simulation.h"

#include <filesystem>
#include <memory>
#include <string>

namespace zegel::hwsim {

/// `folder` keeps what was received.
struct OrdersSimulation : ServerSimulation<OrdersMischief> {
    std::filesystem::path certificate;  ///< PEM; of the station that tells events
    std::filesystem::path inbox;        ///< of the station; empty: no batch is laid there
    StationAddress station;             ///< whose API takes batches; no url: none does
};

/// The simulated order system on HTTP, loopback only.
///
///     POST /events       an event of the station; 401 for a signature that does not fit, 400 for
///                        what is no CloudEvent
///     GET  /received     what came, in the order of arrival: sequence, id, type, subject and
///                        order ("-" for none), a line each
///     GET  /events       the same, as it came: a JSON object a line
///     GET  /complaints   what must not have been, a line each
///     GET  /repeats      how many events came more than once
///     POST /batches/NAME sends the body to the station's API, and answers what it did; or lays it
///                        in the station's inbox as NAME.json
///     POST /misbehave    words as `zegel-hwsim orders --misbehave` takes them; GET tells them
class OrdersServer {
public:
    /// Listens from here on. Errors: SettingUnusable (folder, port, certificate).
    explicit OrdersServer(OrdersSimulation simulation);
    /// Closes every connection.
    ~OrdersServer();
    OrdersServer(const OrdersServer&) = delete;
    OrdersServer& operator=(const OrdersServer&) = delete;

    std::string url() const;  ///< "http://127.0.0.1:PORT"

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace zegel::hwsim
