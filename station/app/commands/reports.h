#pragma once

#include "station/app/commands/command.h"
#include "station/ledger/entries.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <filesystem>
#include <string>
#include <vector>

namespace zegel::station {

/// What the station wrote into its reports folder. Errors: SettingUnusable naming the file.
Poco::JSON::Object::Ptr parsed(const std::filesystem::path& file);

/// Empty when the object has no such key.
std::string text(const Poco::JSON::Object& object, const std::string& key);
std::string orDash(std::string value);
/// The objects of a list in it; none when there is no such list.
std::vector<Poco::JSON::Object> objectsIn(const Poco::JSON::Object& object, const std::string& key);

/// What was printed is the station's last word when none runs: says so, and gives the exit status.
int tellWhetherItRuns(const std::filesystem::path& ledger);

/// Why no card is begun, for as long as the CA is waited for.
void tellAuthority(const Poco::JSON::Object& status);

/// The certificates about which the CA is not at one with the station, when there are any.
void tellCertificates(const Poco::JSON::Object& status);

/// What concerns the CA and the order system, when there is anything to say.
void tellOpenMatters(const Poco::JSON::Object& status);

/// The newest batch files from which nothing was taken, with the reason and where each lies, for as
/// long as it lies there.
void tellRefusedBatches(const std::filesystem::path& inbox);
/// The same for programs, all of them: file and reason.
Poco::JSON::Array refusedBatches(const std::filesystem::path& inbox);

/// Cards in a table for people.
std::string tableOf(const std::vector<CardEntry>& cards);

}  // namespace zegel::station
