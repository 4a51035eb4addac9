#pragma once

#include "hwsim/program/control.h"

namespace zegel::hwsim {

/// Whether a bench could make anything of the words, whatever readers it has: the person who types
/// them and the bench that hears them ask the same.
/// Errors: RequestRefused saying which words are wanted.
void expectBenchWords(const Words& words);

}  // namespace zegel::hwsim
