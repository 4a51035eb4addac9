#pragma once

#include <Poco/JSON/Object.h>

#include <filesystem>
#include <string>

namespace zegel::station {

/// Lays a question in a folder of the station's inbox, in a file of its own, and waits for what the
/// station says of it: `answer`, written after the question, or the refusal of that file. Prints
/// the outcome; gives the exit status. Errors: RequestRefused when the station does not answer in
/// time.
int askThroughInbox(const std::filesystem::path& inbox, const Poco::JSON::Object& question,
                    const std::filesystem::path& answer, const std::filesystem::path& reports);

}  // namespace zegel::station
