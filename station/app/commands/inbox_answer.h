#pragma once

#include "config/settings.h"

#include <Poco/JSON/Object.h>

#include <string>

namespace zegel::station {

/// Lays a question in a folder of the station's inbox, in a file of its own, and waits for what the
/// station says of it: the answer `<id>.json` in the folder of that name among the reports, written
/// after the question, or the refusal of that file. Prints the outcome; gives the exit status.
/// Without a station the question is left for the next one.
int askThroughInbox(const config::StationSettings& station, const std::string& folder,
                    const Poco::JSON::Object& question, const std::string& id);

}  // namespace zegel::station
