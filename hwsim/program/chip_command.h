#pragma once

#include "hwsim/command/command.h"

namespace zegel::hwsim {

/// zegel-hwsim chip new|show|root: chip files, without any reader.
int runChip(Arguments arguments);

}  // namespace zegel::hwsim
