#include "drivers/base/failure.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"
#include "station/app/sole_use.h"
#include "station/report/cloud_event.h"

#include <charconv>
#include <iostream>
#include <thread>

namespace zegel::station {
namespace {

constexpr std::size_t AtOnce = 500;
constexpr std::chrono::milliseconds Look{200};

std::int64_t numberIn(const std::string& words) {
    std::int64_t number = 0;
    const auto* end = words.data() + words.size();
    const auto [stopped, wrong] = std::from_chars(words.data(), end, number);
    if (wrong == std::errc{} && stopped == end && number >= 0) return number;
    throw Failure{Fault::RequestRefused,
                  "--after " + words + " is not the number of an event, like 0 or 17"};
}

/// A line each: who follows them has no widest cell to wait for.
std::string lineOf(const EventEntry& event) {
    auto line = std::to_string(event.sequence) + "  " + toRfc3339(event.at) + "  " + event.kind +
                " " + event.subject + ": " + (event.before.empty() ? "" : event.before + " -> ") +
                event.after;
    if (event.kind != "order" && !event.order.empty()) line += ", order " + event.order;
    if (!event.chip.empty() && event.chip != event.subject) line += ", chip " + event.chip;
    if (!event.reason.empty()) line += ": " + event.reason;
    return line + "\n";
}

/// Everything behind `last`; it is then the number of the last one told.
void tellBehind(Ledger& ledger, std::int64_t& last,
                const std::function<void(const EventEntry&)>& tell) {
    for (auto some = ledger.events(last, AtOnce); !some.empty() && std::cout;
         some = ledger.events(last, AtOnce)) {
        for (const auto& event : some)
            tell(event);
        last = some.back().sequence;
    }
    std::cout << std::flush;
}

void writeList(Ledger& ledger, const EventSource& source, std::int64_t last) {
    std::cout << "{\"events\": [";
    const char* before = "\n";
    tellBehind(ledger, last, [&](const EventEntry& event) {
        std::cout << before << cloudEventJson(source, event);
        before = ",\n";
    });
    std::cout << "],\n\"next\": " << last << "}\n";
}

}  // namespace

int runEvents(const Arguments& arguments) {
    auto last = numberIn(arguments.option("after").value_or("0"));
    const bool asJson = arguments.has("json");
    return withStation(arguments, [&](SeenStation& station) {
        const EventSource source{station.ledger.instance(), station.settings.station.name};
        if (asJson && !arguments.has("follow")) {
            writeList(station.ledger, source, last);
            return Done;
        }
        const auto tell = [&](const EventEntry& event) {
            std::cout << (asJson ? cloudEventJson(source, event) + "\n" : lineOf(event));
        };
        tellBehind(station.ledger, last, tell);
        while (arguments.has("follow") && std::cout &&
               stationRunsOn(station.settings.station.ledger)) {
            std::this_thread::sleep_for(Look);
            tellBehind(station.ledger, last, tell);
        }
        return Done;
    });
}

}  // namespace zegel::station
