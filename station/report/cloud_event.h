#pragma once

#include "station/ledger/event.h"

#include <string>

namespace zegel::station {

/// Who tells: the ledger's own random name (Ledger::instance), and the station's as the settings
/// have it.
struct EventSource {
    std::string instance;
    std::string station;
};

/// "<instance>-<sequence>": the same for an event however often it is told, and nobody else's.
std::string eventId(const EventSource& source, const EventEntry& event);

/// "zegel.order.produced".
std::string eventType(const EventEntry& event);

/// One event in structured mode, UTF-8, in one line: `source` "/zegel/<station>", `subject`
/// "<kind>/<id>", `sequence` 19 digits, ascending with time; what does not apply is left out of
/// `data` (event.schema.json).
/// Source: CloudEvents 1.0.2, 2 and JSON format 2 and 3; its sequence extension.
std::string cloudEventJson(const EventSource& source, const EventEntry& event);

}  // namespace zegel::station
