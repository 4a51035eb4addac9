#include "station/api/views.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <Poco/JSON/Array.h>

#include <iostream>

namespace zegel::station {
namespace {

void printReaders(const Poco::JSON::Object& said, const std::vector<Poco::JSON::Object>& readers) {
    std::vector<std::vector<std::string>> rows{
        {"READER", "CARRIER", "STATE", "MADE", "SPOILED", "MESSAGE"}};
    for (const auto& reader : readers) {
        rows.push_back({text(reader, "reader"), orDash(text(reader, "carrier")),
                        text(reader, "state"), text(reader, "made"), text(reader, "spoiled"),
                        text(reader, "message")});
    }
    if (readers.empty()) {
        std::cout
            << "no reader is connected: plug one in, and look whether the settings ignore it\n";
    } else {
        std::cout << asTable(rows);
        tellAuthority(said);
    }
}

}  // namespace

int runReaders(const Arguments& arguments) {
    return withStation(arguments, [&](SeenStation& station) {
        const auto readers = station.said->getArray("readers");
        if (!readers) {
            std::cerr << "zegel: no station has reported yet: start zegel-station\n";
            return int{NoStation};
        }
        if (arguments.has("json")) {
            auto shown = inOrder();
            shown.set("readers", readers);
            printJson(shown);
        } else {
            printReaders(*station.said, objectsIn(*station.said, "readers"));
        }
        return int{Done};
    });
}

}  // namespace zegel::station
