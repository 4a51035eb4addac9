#pragma once

#include "cardprofiles/profile_file.h"
#include "config/settings.h"

#include <string>

namespace zegel::station {

/// Errors: SettingUnusable when the ledger is gone, and the folders tell that there was one.
void expectItsLedger(const config::StationSettings& settings);

/// Errors: SettingUnusable for a profile whose letters this station cannot release.
void expectReleaseRules(const cardprofiles::Profiles& profiles, bool hasApi);

/// What is to be said at the start when no maker of chips is trusted; empty when no profile asks.
/// Errors: SettingUnusable for a profile that requires it.
std::string withoutMakers(const cardprofiles::Profiles& profiles);

}  // namespace zegel::station
