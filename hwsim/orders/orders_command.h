#pragma once

#include "hwsim/command/command.h"

namespace zegel::hwsim {

/// zegel-hwsim orders --directory D --station-certificate F [--inbox I] [--port P] …
/// Prints "orders ready on http://127.0.0.1:PORT" when it listens; ends on SIGTERM or SIGINT.
int runOrders(Arguments arguments);

}  // namespace zegel::hwsim
