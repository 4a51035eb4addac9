#pragma once

#include "cardprofiles/profile.h"

#include <functional>
#include <map>
#include <string>

namespace zegel::cardprofiles {

/// By name, as an order quotes it.
using Profiles = std::map<std::string, Profile, std::less<>>;

/// Reads one card profile and checks it whole; its name is the file's without ".toml".
/// Errors: SettingUnusable naming file, line, column, key and what to do.
Profile readProfile(const std::string& path);

/// Every "*.toml" of a directory. Errors: SettingUnusable, also when there is none.
Profiles readProfiles(const std::string& directory);

}  // namespace zegel::cardprofiles
