#include "hwsim/program/chip_command.h"

#include <iostream>

namespace zegel::hwsim {

int runChip(Arguments /*arguments*/) {
    std::cerr << "usage: zegel-hwsim chip new|show FILE\n";
    return 2;
}

}  // namespace zegel::hwsim
