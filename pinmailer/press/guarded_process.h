#pragma once

#include <string>

namespace zegel::press {

/// Must be the first call of a program that will see codes: OpenSSL's memory is wiped when freed,
/// core dumps and debuggers are off, files are for their owner only, and memory is kept out of
/// swap. Returns what could not be had, in words for the operator; empty when all is well.
std::string guardProcess();

}  // namespace zegel::press
