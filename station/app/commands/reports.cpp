#include "station/app/commands/reports.h"

#include "drivers/base/counted.h"
#include "drivers/base/durable_file.h"
#include "station/app/printed.h"
#include "station/app/sole_use.h"

#include <Poco/JSON/Parser.h>

#include <algorithm>
#include <iostream>
#include <vector>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using Poco::JSON::Object;

constexpr std::size_t MostRefused = 10;
constexpr const char* ReasonEnding = ".reason.txt";

struct RefusedFile {
    fs::file_time_type at;
    fs::path file;
};

/// Whose reason lies beside them, the newest first.
std::vector<RefusedFile> refusedIn(const fs::path& folder) {
    std::vector<RefusedFile> found;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator{folder, missing}) {
        std::error_code none;
        const auto at = fs::last_write_time(entry.path().string() + ReasonEnding, none);
        if (!none) found.push_back({at, entry.path()});
    }
    std::ranges::sort(found, std::ranges::greater{}, &RefusedFile::at);
    return found;
}

std::string reasonOf(const fs::path& file) {
    const auto words = textOf(readFile(file.string() + ReasonEnding));
    return words.substr(0, words.find('\n'));
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

Poco::JSON::Array refusedBatches(const fs::path& inbox) {
    Poco::JSON::Array list;
    for (const auto& refused : refusedIn(inbox / "batches" / "refused")) {
        Object entry{Poco::JSON_PRESERVE_KEY_ORDER};
        entry.set("file", refused.file.string());
        entry.set("reason", reasonOf(refused.file));
        list.add(entry);
    }
    return list;
}

void tellRefusedBatches(const fs::path& inbox) {
    const auto refused = refusedIn(inbox / "batches" / "refused");
    if (refused.empty()) return;
    std::cout << '\n'
              << counted(refused.size(), "batch file") << " refused, nothing was taken from "
              << (refused.size() == 1 ? "it" : "them") << "; take away what is settled\n";
    for (std::size_t at = 0; at < std::min(refused.size(), MostRefused); ++at) {
        std::cout << folded(reasonOf(refused[at].file), "  ") << "    lies in "
                  << refused[at].file.string() << '\n';
    }
    if (refused.size() > MostRefused) {
        std::cout << "  and " << refused.size() - MostRefused << " older\n";
    }
}

}  // namespace zegel::station
