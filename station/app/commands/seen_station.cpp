#include "station/app/commands/seen_station.h"

#include "drivers/base/told.h"
#include "station/app/commands/reports.h"
#include "station/app/start_checks.h"
#include "station/report/ledger_report.h"

#include <filesystem>
#include <iostream>

namespace zegel::station {
namespace {

constexpr std::size_t AtOnce = 1000;

}  // namespace

SeenStation::SeenStation(config::Settings theSettings)
    : settings(std::move(theSettings)),
      ledger(settings.station.ledger, clock, Ledger::Schema::AsItIs),
      said(new Poco::JSON::Object) {
    const auto file = settings.station.reports / "station.status.json";
    if (std::filesystem::exists(file)) said = parsed(file);
}

std::vector<BatchEntry> SeenStation::batches() {
    std::vector<BatchEntry> all;
    for (std::optional<std::int64_t> behind = 0; behind;) {
        const auto page = ledger.batchesAfter(*behind, AtOnce);
        all.insert(all.end(), page.entries.begin(), page.entries.end());
        behind = page.next;
    }
    return all;
}

void SeenStation::tell(const BatchId& batch, const std::function<void(const BatchReport&)>& take) {
    if (tellReport(ledger, batch, settings.station.name, clock.now(), take)) return;
    throw Failure{Fault::Defect, "the ledger does not know batch " + batch.value()};
}

int withStation(const Arguments& arguments, const std::function<int(SeenStation&)>& show) {
    auto settings = config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    if (!std::filesystem::exists(settings.station.ledger)) {
        expectItsLedger(settings.station);
        std::cerr << "zegel: no station has run with these settings yet: start zegel-station\n";
        return NoStation;
    }
    SeenStation station{std::move(settings)};
    const auto status = show(station);
    return status == Done ? tellWhetherItRuns(station.settings.station.ledger) : status;
}

void printJson(const Poco::JSON::Object& shown) {
    shown.stringify(std::cout, 2);
    std::cout << '\n';
}

}  // namespace zegel::station
