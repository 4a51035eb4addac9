#include "config/settings.h"
#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"

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
    return 0;
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
        return 0;
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
        return 0;
    }
    std::cout << asTable(rows);
    return 0;
}

}  // namespace zegel::station
