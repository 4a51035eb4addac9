#include "config/settings.h"
#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/app/sole_use.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <iostream>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using Poco::JSON::Object;

Object::Ptr parsed(const fs::path& file) {
    return Poco::JSON::Parser{}.parse(textOf(readFile(file))).extract<Object::Ptr>();
}

std::string text(const Object& object, const std::string& key) {
    const auto value = object.get(key);
    return value.isEmpty() ? "" : value.convert<std::string>();
}

std::string orDash(std::string value) {
    return value.empty() ? "-" : value;
}

void printBatch(const Object& report) {
    std::vector<std::vector<std::string>> rows{
        {"ORDER", "CHIP", "CERTIFICATE NAME", "NUMBER", "STATE", "LETTER"}};
    std::string remarks;
    const auto orders = report.getArray("orders");
    for (const auto& item : *orders) {
        const auto& order = *item.extract<Object::Ptr>();
        rows.push_back({text(order, "order"), orDash(text(order, "chipSerial")),
                        orDash(text(order, "certificateName")),
                        orDash(text(order, "certificateNumber")), text(order, "state"),
                        orDash(text(order, "letter"))});
        if (const auto reason = text(order, "reason"); !reason.empty()) {
            remarks += "  " + text(order, "order") + ": " + reason + "\n";
        }
    }
    std::cout << "batch " << text(report, "batch") << ", as of " << text(report, "updatedAt")
              << "\n\n"
              << asTable(rows);
    if (!remarks.empty()) std::cout << "\nremarks\n" << remarks;
}

/// What was printed is the station's last word: somebody has to start it.
int sayWhetherItRuns(const fs::path& ledger) {
    if (stationRunsOn(ledger)) return 0;
    std::cerr << "the station is not running: this is what it said last; start zegel-station\n";
    return AnswerIsNo;
}

/// Why no card is begun, for as long as the CA is waited for.
void printAuthority(const Object& status) {
    const auto authority = status.getObject("authority");
    if (!authority || text(*authority, "state") != "waited-for") return;
    std::cout << "\nthe CA is waited for since " << text(*authority, "since")
              << ", the next try is at " << text(*authority, "nextTry") << "\n  "
              << text(*authority, "reason") << '\n';
}

/// Why the order system does not know everything yet.
void printOrderSystem(const Object& status) {
    const auto orderSystem = status.getObject("orderSystem");
    if (!orderSystem || !orderSystem->has("undelivered")) return;
    const bool waited = text(*orderSystem, "state") == "waited-for";
    std::cout << '\n'
              << text(*orderSystem, "undelivered") << " events have not reached the order "
              << "system, the oldest of " << text(*orderSystem, "oldest") << '\n';
    if (waited) {
        std::cout << "it is waited for since " << text(*orderSystem, "since")
                  << ", the next try is at " << text(*orderSystem, "nextTry") << "\n  "
                  << text(*orderSystem, "reason") << '\n';
        return;
    }
    std::vector<std::vector<std::string>> rows{
        {"EVENT", "OF", "TRIES", "TRIED AGAIN AT", "WHAT THE ORDER SYSTEM SAID LAST"}};
    const auto held = orderSystem->getArray("held");
    for (const auto& item : *held) {
        const auto& event = *item.extract<Object::Ptr>();
        rows.push_back({text(event, "event"), text(event, "subject"), text(event, "tries"),
                        text(event, "nextTry"), text(event, "said")});
    }
    std::cout << asTable(rows);
}

void printMatters(const Object& status, const std::string& state, const std::string& reference,
                  const std::string& heading) {
    std::vector<std::vector<std::string>> rows;
    const auto certificates = status.getArray("certificates");
    if (!certificates) return;
    for (const auto& item : *certificates) {
        const auto& matter = *item.extract<Object::Ptr>();
        if (text(matter, "state") != state) continue;
        rows.push_back({text(matter, "order"), text(matter, "purpose"), text(matter, reference),
                        orDash(text(matter, "nextTry")), orDash(text(matter, "said"))});
    }
    if (rows.empty()) return;
    std::cout << '\n' << rows.size() << heading;
    rows.insert(rows.begin(), {"ORDER", "FOR", reference == "serial" ? "SERIAL" : "TRANSACTION",
                               "ASKED AGAIN AT", "WHAT THE CA SAID LAST"});
    std::cout << asTable(rows);
}

/// What concerns the CA and the order system, when there is anything to say.
void printOpenMatters(const fs::path& file) {
    if (!fs::exists(file)) return;
    const auto status = parsed(file);
    printAuthority(*status);
    printOrderSystem(*status);
    printMatters(*status, "in-doubt", "transaction",
                 " certificates in doubt: asked for, the answer was lost, the CA may have issued "
                 "them.\nThe station asks again by itself. When the CA does not tell it, ask "
                 "there what was issued under the transaction, then\n"
                 "  zegel doubt never-issued TRANSACTION --by WHO --why TEXT, or\n"
                 "  zegel doubt issued TRANSACTION --certificate FILE --by WHO --why TEXT\n");
    printMatters(*status, "revocation-wanted", "serial",
                 " certificates still to be revoked. The station tries again by itself; when the "
                 "CA goes on refusing, have them revoked there.\n");
}

}  // namespace

int runStatus(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings"}, {"json"}};
    const auto settings =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked);
    const auto wanted = arguments.words().empty() ? std::string{} : arguments.words().front();
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{settings.station.reports}) {
        const auto name = entry.path().filename().string();
        if (!name.ends_with(".status.json") || name == "station.status.json") continue;
        if (wanted.empty() || name == wanted + ".status.json") files.push_back(entry.path());
    }
    if (files.empty()) {
        throw Failure{Fault::RequestRefused,
                      wanted.empty() ? "no batch has been accepted yet"
                                     : "no batch " + wanted + " is known; see `zegel status`"};
    }
    std::ranges::sort(files);
    for (const auto& file : files) {
        if (arguments.has("json")) {
            std::cout << textOf(readFile(file));
        } else {
            printBatch(*parsed(file));
        }
    }
    if (!arguments.has("json")) {
        printOpenMatters(settings.station.reports / "station.status.json");
    }
    return sayWhetherItRuns(settings.station.ledger);
}

int runReaders(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings"}, {"json"}};
    const auto settings =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked);
    const auto file = settings.station.reports / "station.status.json";
    if (!fs::exists(file)) {
        throw Failure{Fault::RequestRefused, "the station has not reported yet: is it running?"};
    }
    if (arguments.has("json")) {
        std::cout << textOf(readFile(file));
        return sayWhetherItRuns(settings.station.ledger);
    }
    std::vector<std::vector<std::string>> rows{
        {"READER", "CARRIER", "STATE", "MADE", "SPOILED", "MESSAGE"}};
    const auto status = parsed(file);
    const auto readers = status->getArray("readers");
    for (const auto& item : *readers) {
        const auto& reader = *item.extract<Object::Ptr>();
        rows.push_back({text(reader, "reader"), text(reader, "carrier"), text(reader, "state"),
                        text(reader, "made"), text(reader, "spoiled"), text(reader, "message")});
    }
    if (readers->empty()) {
        std::cout
            << "no reader is connected: plug one in, and look whether the settings ignore it\n";
    } else {
        std::cout << asTable(rows);
        printAuthority(*status);
    }
    return sayWhetherItRuns(settings.station.ledger);
}

}  // namespace zegel::station
