#pragma once

#include "hwsim/program/command.h"

namespace zegel::hwsim {

/// zegel-hwsim chip new|show ...
int runChip(Arguments arguments);

}  // namespace zegel::hwsim
