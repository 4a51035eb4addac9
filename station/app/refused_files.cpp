#include "station/app/refused_files.h"

#include "drivers/base/durable_file.h"

#include <algorithm>
#include <fstream>
#include <utility>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr const char* ReasonEnding = ".reason.txt";
constexpr const char* AskedAtTheCommandLine = "asked-";  // station/app/commands/inbox_answer.cpp

struct Found {
    fs::file_time_type at;
    RefusedFile refused;
};

std::string firstLineOf(const fs::path& file) {
    std::ifstream in{file};
    std::string line;
    std::getline(in, line);
    return line;
}

/// Those whose reason lies beside them.
void addRefusedIn(const fs::path& folder, const std::string& kind, std::vector<Found>& found) {
    std::error_code missing;
    for (fs::directory_iterator at{folder, missing}, end; !missing && at != end;
         at.increment(missing)) {
        const auto& file = at->path();
        const bool answered = file.filename().string().starts_with(AskedAtTheCommandLine);
        std::error_code none;
        const auto written = fs::last_write_time(file.string() + ReasonEnding, none);
        if (none || (kind != "batch" && answered)) continue;
        found.push_back({written, {kind, file, firstLineOf(file.string() + ReasonEnding)}});
    }
}

}  // namespace

std::vector<RefusedFile> refusedFiles(const fs::path& inbox) {
    std::vector<Found> found;
    addRefusedIn(inbox / "batches" / "refused", "batch", found);
    addRefusedIn(inbox / "receipts" / "refused", "receipt", found);
    std::ranges::stable_sort(found, std::ranges::greater{}, &Found::at);
    std::vector<RefusedFile> files;
    files.reserve(found.size());
    for (auto& each : found)
        files.push_back(std::move(each.refused));
    return files;
}

}  // namespace zegel::station
