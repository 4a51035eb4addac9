#include "config/settings.h"
#include "drivers/base/durable_file.h"
#include "station/app/commands/reports.h"
#include "station/app/printed.h"

#include <Poco/JSON/Array.h>

#include <iostream>

namespace zegel::station {

int runReaders(const Arguments& arguments) {
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    const auto file = settings.station.reports / "station.status.json";
    if (!std::filesystem::exists(file)) {
        std::cerr << "zegel: no station has reported yet: start zegel-station\n";
        return NoStation;
    }
    if (arguments.has("json")) {
        std::cout << textOf(readFile(file));
        return tellWhetherItRuns(settings.station.ledger);
    }
    std::vector<std::vector<std::string>> rows{
        {"READER", "CARRIER", "STATE", "MADE", "SPOILED", "MESSAGE"}};
    const auto status = parsed(file);
    const auto readers = status->getArray("readers");
    for (const auto& item : *readers) {
        const auto& reader = *item.extract<Poco::JSON::Object::Ptr>();
        rows.push_back({text(reader, "reader"), orDash(text(reader, "carrier")),
                        text(reader, "state"), text(reader, "made"), text(reader, "spoiled"),
                        text(reader, "message")});
    }
    if (readers->empty()) {
        std::cout
            << "no reader is connected: plug one in, and look whether the settings ignore it\n";
    } else {
        std::cout << asTable(rows);
        tellAuthority(*status);
    }
    return tellWhetherItRuns(settings.station.ledger);
}

}  // namespace zegel::station
