#pragma once

#include "hwsim/command/command.h"

namespace zegel::hwsim {

/// zegel-hwsim authority --directory D --registration-authority RA.pem [--port P] …
/// Prints "authority ready on http://127.0.0.1:PORT" when it listens; ends on SIGTERM or SIGINT.
int runAuthority(Arguments arguments);

}  // namespace zegel::hwsim
