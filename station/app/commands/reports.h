#pragma once

#include "station/app/commands/command.h"

#include <Poco/JSON/Object.h>

#include <filesystem>
#include <string>

namespace zegel::station {

/// What the station wrote into its reports folder. Errors: SettingUnusable naming the file.
Poco::JSON::Object::Ptr parsed(const std::filesystem::path& file);

/// Empty when the object has no such key.
std::string text(const Poco::JSON::Object& object, const std::string& key);
std::string orDash(std::string value);

/// What was printed is the station's last word when none runs: says so, and gives the exit status.
int tellWhetherItRuns(const std::filesystem::path& ledger);

/// Why no card is begun, for as long as the CA is waited for.
void tellAuthority(const Poco::JSON::Object& status);

/// What concerns the CA and the order system, when there is anything to say.
void tellOpenMatters(const std::filesystem::path& stationStatus);

/// The newest batch files from which nothing was taken, with the reason and where each lies, for as
/// long as it lies there.
void tellRefusedBatches(const std::filesystem::path& inbox);

}  // namespace zegel::station
