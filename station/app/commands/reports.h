#pragma once

#include "station/api/waiting.h"
#include "station/app/commands/command.h"
#include "station/ledger/entries.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <filesystem>
#include <ostream>
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

// What follows is told when there is anything to say, after an empty line.

/// Why no card is begun, for as long as the CA is waited for.
void tellAuthority(const Poco::JSON::Object& status, std::ostream& out);

/// All that is waited for, and what a person may do.
void tellWaitedFor(const Poco::JSON::Object& shown, std::ostream& out);

/// The certificates about which the CA is not at one with the station.
void tellCertificates(const Poco::JSON::Object& status, std::ostream& out);

/// What concerns the CA, the order system and the inbox.
void tellOpenMatters(const Poco::JSON::Object& status, std::ostream& out);

/// These readers, each with what it says.
void tellReaders(const std::vector<Poco::JSON::Object>& readers, std::ostream& out);

/// The newest files from which nothing was taken, with the reason and where each lies.
void tellRefusedFiles(const std::vector<RefusedFile>& files, std::ostream& out);

/// Cards in a table for people.
std::string tableOf(const std::vector<CardEntry>& cards);

}  // namespace zegel::station
