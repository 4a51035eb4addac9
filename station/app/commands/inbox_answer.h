#pragma once

#include <Poco/JSON/Object.h>

#include <filesystem>
#include <string>

namespace zegel::station {

/// Lays `<id>.json` in a folder of the station's inbox and waits for what the station says of it:
/// `answer`, or the refusal of the whole file. Prints the outcome; gives the exit status.
/// Errors: RequestRefused when the station does not answer in time.
int askThroughInbox(const std::filesystem::path& inbox, const std::string& id,
                    const Poco::JSON::Object& question, const std::filesystem::path& answer,
                    const std::filesystem::path& reports);

}  // namespace zegel::station
