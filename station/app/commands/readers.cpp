#include "station/api/views.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <Poco/JSON/Array.h>

#include <iostream>

namespace zegel::station {
namespace {

/// The one to which somebody has to go stands out.
Tone toneOf(const Poco::JSON::Object& reader) {
    return asksForAPerson(reader) ? Tone::Red : station::toneOf(text(reader, "state"));
}

void printReaders(const Poco::JSON::Object& said, const std::vector<Poco::JSON::Object>& readers) {
    std::vector<std::vector<std::string>> rows{
        {"READER", "CARRIER", "STATE", "ORDER", "MADE", "SPOILED", "MESSAGE"}};
    std::vector<Tone> tones{Tone::Plain};
    for (const auto& reader : readers) {
        rows.push_back({text(reader, "reader"), orDash(text(reader, "carrier")),
                        text(reader, "state"), orDash(text(reader, "order")), text(reader, "made"),
                        text(reader, "spoiled"), text(reader, "message")});
        tones.push_back(toneOf(reader));
    }
    if (readers.empty()) {
        std::cout
            << "no reader is connected: plug one in, and look whether the settings ignore it\n";
        return;
    }
    std::cout << asTable(rows, tones) << "made and spoiled are counted since the station started, "
              << text(said, "startedAt") << '\n';
    tellAuthority(said, std::cout);
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
