#include "station/api/views.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/commands/shown_order.h"
#include "station/app/printed.h"
#include "station/app/refused_files.h"

#include <iostream>

namespace zegel::station {
namespace {

void printBatch(const BatchReport& report, std::ostream& out) {
    std::vector<std::vector<std::string>> rows{
        {"ORDER", "PROFILE", "CHIP", "CERTIFICATE NAME", "NUMBER", "STATE", "LETTER"}};
    std::vector<Tone> tones{Tone::Plain};
    std::string remarks;
    report.orders([&](const OrderStatus& order) {
        rows.push_back(rowOf(order));
        tones.push_back(toneOf(order.state));
        remarks += remarkOn(order);
    });
    out << "batch " << report.batch.value() << ", as of " << toRfc3339(report.updatedAt) << "\n\n"
        << asTable(rows, tones);
    if (!remarks.empty()) out << "\nremarks\n" << remarks;
}

void writeBatch(const BatchReport& report, std::ostream& out) {
    writeJson(out, report);
}

/// One document, however large the batches are.
void writeAll(SeenStation& station) {
    std::cout << "{\"batches\": [";
    const char* before = "\n";
    for (const auto& batch : station.batches()) {
        std::cout << before;
        station.tell(batch.id, writeBatch);
        before = ",\n";
    }
    std::cout << "],\n\"refused\": ";
    viewsOf(refusedFiles(station.settings.station.inbox)).stringify(std::cout, 2);
    std::cout << ",\n\"station\": ";
    station.said->stringify(std::cout, 2);
    std::cout << "}\n";
}

int tellAll(SeenStation& station, bool asJson) {
    if (asJson) {
        writeAll(station);
        return Done;
    }
    const auto batches = station.batches();
    for (const auto& batch : batches) {
        if (batch.id != batches.front().id) std::cout << '\n';
        station.tell(batch.id, printBatch);
    }
    if (batches.empty()) std::cout << "no batch has been accepted yet\n";
    tellRefusedFiles(refusedFiles(station.settings.station.inbox), std::cout);
    tellOpenMatters(*station.said, std::cout);
    std::vector<Poco::JSON::Object> readers = objectsIn(*station.said, "readers");
    std::erase_if(readers, [](const auto& reader) { return !asksForAPerson(reader); });
    tellReaders(readers, std::cout);
    return Done;
}

int tellBatch(SeenStation& station, const BatchId& batch, bool asJson) {
    if (asJson) {
        station.tell(batch, writeBatch);
        return Done;
    }
    station.tell(batch, printBatch);
    tellOpenMatters(*station.said, std::cout);
    return Done;
}

}  // namespace

int runStatus(const Arguments& arguments) {
    const bool asJson = arguments.has("json");
    return withStation(arguments, [&](SeenStation& station) {
        if (arguments.words().empty()) return tellAll(station, asJson);
        const auto& wanted = arguments.words().front();
        if (station.ledger.batch(BatchId{wanted})) {
            return tellBatch(station, BatchId{wanted}, asJson);
        }
        const auto order = orderShown(station.ledger, OrderId{wanted});
        if (order) return tellOrder(*order, asJson);
        return refuse("no batch and no order " + wanted +
                      " is known; zegel status lists all that are");
    });
}

}  // namespace zegel::station
