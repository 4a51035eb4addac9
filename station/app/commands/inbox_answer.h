#pragma once

#include "config/settings.h"

#include <Poco/JSON/Object.h>

#include <filesystem>
#include <optional>
#include <string>

namespace zegel::station {

/// What is done when the station is too busy to answer.
enum class Unanswered {
    Waits,       ///< what was asked waits in its inbox, and is done in time
    StaysUndone  ///< whoever asks goes on only with an answer, and waits much longer for it
};

/// Lays a question in a folder of the station's inbox, in a file of its own, and waits for what the
/// station says of it: the answer `<id>.json` in the folder of that name among the reports, written
/// after the question, or the refusal of that file. Prints the outcome; gives the exit status.
/// Without a station the question is left for the next one.
int askThroughInbox(const config::StationSettings& station, const std::string& folder,
                    const Poco::JSON::Object& question, const std::string& id,
                    Unanswered unanswered = Unanswered::Waits);

/// Why whoever runs this may not write for the station: what it made, such as `file`, belongs to
/// another user, and what others lay out for it their owners only may read. Nothing when all is
/// well, or nobody knows.
std::optional<std::string> whyNotForStation(const std::filesystem::path& file);

/// Their name, or their number where they have none.
std::string userNamed(unsigned user);

}  // namespace zegel::station
