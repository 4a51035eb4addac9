#pragma once

#include <filesystem>
#include <string>

namespace zegel::hwsim {

/// What a chip is called, as the station calls it by the serial number that it tells:
/// "piv-00989681" for the file 10000001.chip. A file that is named otherwise keeps its own name.
std::string chipName(const std::filesystem::path& file);

/// The other way: "10000001" for "piv-00989681"; what is no such name as it is.
std::string chipStem(const std::string& name);

}  // namespace zegel::hwsim
