#include "station/app/commands/reports.h"

#include "drivers/base/counted.h"
#include "drivers/base/durable_file.h"
#include "station/app/printed.h"
#include "station/app/sole_use.h"

#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <vector>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using Poco::JSON::Object;

constexpr std::size_t MostRefused = 10;
void tellFiles(const std::vector<RefusedFile>& files, const std::string& kind, std::ostream& out) {
    if (files.empty()) return;
    out << '\n'
        << toned(counted(files.size(), kind + " file") + " refused, nothing was taken from " +
                     (files.size() == 1 ? "it" : "them") + "; take away what is settled",
                 Tone::Red)
        << '\n';
    for (std::size_t at = 0; at < std::min(files.size(), MostRefused); ++at) {
        out << folded(files[at].reason, "  ") << "    lies in " << files[at].file.string() << '\n';
    }
    if (files.size() > MostRefused) out << "  and " << files.size() - MostRefused << " older\n";
}

}  // namespace

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

std::vector<Object> objectsIn(const Object& object, const std::string& key) {
    // What was read holds pointers, what was put together holds values.
    const auto value = object.get(key);
    if (value.isEmpty()) return {};
    const auto list = value.type() == typeid(Poco::JSON::Array::Ptr)
                          ? *value.extract<Poco::JSON::Array::Ptr>()
                          : value.extract<Poco::JSON::Array>();
    std::vector<Object> objects;
    for (const auto& each : list) {
        objects.push_back(each.type() == typeid(Object::Ptr) ? *each.extract<Object::Ptr>()
                                                             : each.extract<Object>());
    }
    return objects;
}

int tellWhetherItRuns(const fs::path& ledger) {
    if (stationRunsOn(ledger)) return Done;
    std::cerr << "the station is not running: this is what it said last; start zegel-station\n";
    return NoStation;
}

void tellRefusedFiles(const std::vector<RefusedFile>& files, std::ostream& out) {
    for (const auto* kind : {"batch", "receipt"}) {
        std::vector<RefusedFile> some;
        std::ranges::copy_if(files, std::back_inserter(some),
                             [&](const RefusedFile& file) { return file.kind == kind; });
        tellFiles(some, kind, out);
    }
}

void tellReaders(const std::vector<Object>& readers, std::ostream& out) {
    if (readers.empty()) return;
    out << '\n' << toned(counted(readers.size(), "reader") + " to look at", Tone::Red) << '\n';
    for (const auto& reader : readers)
        out << toned(folded(text(reader, "reader") + ": " + text(reader, "message"), "  "),
                     Tone::Red);
}

}  // namespace zegel::station
