#include "station/app/commands/seen_station.h"

#include "drivers/base/told.h"
#include "station/app/commands/reports.h"
#include "station/app/start_checks.h"
#include "station/report/ledger_report.h"

#include <Poco/JSON/Array.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <unistd.h>

namespace zegel::station {
namespace {

constexpr std::size_t AtOnce = 1000;

/// A file without a name, for what does not fit into memory; gone at its end.
class PutBy {
public:
    PutBy() {
        std::error_code missing;
        const auto folder = std::filesystem::temp_directory_path(missing);
        if (missing) refuse();
        auto name = (folder / "zegel-XXXXXX").string();
        const int made = ::mkstemp(name.data());
        if (made < 0) refuse();
        file_.open(name, std::ios::in | std::ios::out | std::ios::binary);
        ::close(made);
        ::unlink(name.c_str());
    }

    std::ostream& in() noexcept { return file_; }

    void copyTo(std::ostream& out) {
        file_.seekg(0);
        if (!file_) refuse();
        if (file_.peek() != std::fstream::traits_type::eof()) out << file_.rdbuf();
    }

private:
    [[noreturn]] static void refuse() {
        throw Failure{Fault::SettingUnusable,
                      "there is no room for what is to be shown: make some in the folder for "
                      "temporary files, or name another one in TMPDIR"};
    }

    std::fstream file_;
};

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

void SeenStation::tell(const BatchId& batch,
                       const std::function<void(const BatchReport&, std::ostream& out)>& take) {
    PutBy shown;
    const auto put = [&](const BatchReport& report) { take(report, shown.in()); };
    if (!tellReport(ledger, batch, settings.station.name, clock.now(), put))
        throw Failure{Fault::Defect, "the ledger does not know batch " + batch.value()};
    shown.copyTo(std::cout);
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

Poco::JSON::Object listed(const std::string& name, const std::vector<Poco::JSON::Object>& entries) {
    Poco::JSON::Array list;
    for (const auto& entry : entries)
        list.add(entry);
    Poco::JSON::Object whole{Poco::JSON_PRESERVE_KEY_ORDER};
    whole.set(name, list);
    return whole;
}

void printJson(const Poco::JSON::Object& shown) {
    shown.stringify(std::cout, 2);
    std::cout << '\n';
}

}  // namespace zegel::station
