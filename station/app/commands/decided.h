#pragma once

#include "station/app/arguments.h"

#include <string>

namespace zegel::station {

/// `zegel order hold ORDER`, `zegel batch hold BATCH`: what a person decides about one or all of
/// them, over the API where --as names who, else through the inbox with --by. `what`: "order",
/// "batch". Gives the exit status. Errors: RequestRefused when it does not say which.
int decideOn(const Arguments& arguments, const std::string& what, const std::string& path);

}  // namespace zegel::station
