#include "config/settings.h"
#include "drivers/base/durable_file.h"
#include "station/app/commands/reports.h"
#include "station/app/printed.h"

#include <Poco/JSON/Array.h>

#include <algorithm>
#include <iostream>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using Poco::JSON::Object;

/// What a person may do about an order in that state; nothing when it goes on by itself.
std::string nextStep(const Object& order) {
    const auto state = text(order, "state");
    const auto id = text(order, "order");
    if (state == "on-hold") {
        return "zegel order release " + id + " --by WHO --why TEXT, or zegel order cancel " + id +
               " --by WHO --why TEXT";
    }
    if (state == "rejected") return "to be corrected and sent again under a new id";
    return {};
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
        const auto reason = text(order, "reason");
        if (reason.empty()) continue;
        remarks += folded(text(order, "order") + ": " + reason, "  ");
        if (text(order, "state") == "on-hold") remarks += "    " + nextStep(order) + "\n";
    }
    std::cout << "batch " << text(report, "batch") << ", as of " << text(report, "updatedAt")
              << "\n\n"
              << asTable(rows);
    if (!remarks.empty()) std::cout << "\nremarks\n" << remarks;
}

void printOrder(const Object& order, const std::string& batch) {
    std::cout << "order " << text(order, "order") << " of batch " << batch << ": "
              << text(order, "state") << " since " << text(order, "at") << '\n';
    const auto tell = [&](const char* what, const char* key) {
        if (const auto value = text(order, key); !value.empty()) {
            std::cout << "  " << what << value << '\n';
        }
    };
    tell("certificate name    ", "certificateName");
    tell("certificate number  ", "certificateNumber");
    tell("chip                ", "chipSerial");
    tell("letter              ", "letter");
    if (const auto reason = text(order, "reason"); !reason.empty()) {
        std::cout << folded("why: " + reason, "  ");
    }
    if (const auto next = nextStep(order); !next.empty()) std::cout << "  next: " << next << '\n';
}

std::vector<fs::path> batchFiles(const fs::path& reports) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{reports}) {
        const auto name = entry.path().filename().string();
        if (name.ends_with(".status.json") && name != "station.status.json") {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    return files;
}

/// The order of that id that counts: one that was not taken stands behind one that was.
std::pair<Object::Ptr, std::string> orderIn(const std::vector<fs::path>& files,
                                            const std::string& wanted) {
    std::pair<Object::Ptr, std::string> found;
    for (const auto& file : files) {
        const auto report = parsed(file);
        const auto orders = report->getArray("orders");
        for (const auto& item : *orders) {
            auto order = item.extract<Object::Ptr>();
            if (text(*order, "order") != wanted) continue;
            found = {order, text(*report, "batch")};
            if (text(*order, "state") != "rejected") return found;
        }
    }
    return found;
}

int tellOrder(const std::vector<fs::path>& files, const std::string& wanted, bool asJson) {
    const auto [order, batch] = orderIn(files, wanted);
    if (!order) {
        return refuse("no batch and no order " + wanted +
                      " is known; zegel status lists all that are");
    }
    if (asJson) {
        order->stringify(std::cout, 2);
        std::cout << '\n';
    } else {
        printOrder(*order, batch);
    }
    return Done;
}

void tellBatches(const std::vector<fs::path>& files, bool asJson) {
    for (const auto& file : files) {
        if (asJson) {
            std::cout << textOf(readFile(file));
            continue;
        }
        if (file != files.front()) std::cout << '\n';
        printBatch(*parsed(file));
    }
}

}  // namespace

int runStatus(const Arguments& arguments) {
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    const auto& reports = settings.station.reports;
    if (!fs::exists(reports)) {
        std::cerr << "zegel: no station has run with these settings yet: start zegel-station\n";
        return NoStation;
    }
    const bool asJson = arguments.has("json");
    auto files = batchFiles(reports);
    if (!arguments.words().empty()) {
        const auto& wanted = arguments.words().front();
        const auto batch = reports / (wanted + ".status.json");
        if (std::ranges::find(files, batch) == files.end()) {
            const auto status = tellOrder(files, wanted, asJson);
            return status == Done ? tellWhetherItRuns(settings.station.ledger) : status;
        }
        files = {batch};
    }
    tellBatches(files, asJson);
    if (asJson) return tellWhetherItRuns(settings.station.ledger);
    if (files.empty()) std::cout << "no batch has been accepted yet\n";
    if (arguments.words().empty()) tellRefusedBatches(settings.station.inbox);
    tellOpenMatters(reports / "station.status.json");
    return tellWhetherItRuns(settings.station.ledger);
}

}  // namespace zegel::station
