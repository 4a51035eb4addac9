#pragma once

#include "hwsim/command/command.h"

#include <string>

namespace zegel::hwsim {

/// zegel-hwsim bench: readers in a pcscd of their own, until SIGTERM or "stop".
int runBench(Arguments arguments);

/// zegel-hwsim insert|pull|eject|load|mute|list|service|stop: a word to the bench that runs.
int tellBench(const std::string& word, Arguments arguments);

}  // namespace zegel::hwsim
