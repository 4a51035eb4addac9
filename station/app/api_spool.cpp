#include "station/app/api_spool.h"

#include "drivers/base/counted.h"

#include <algorithm>
#include <system_error>
#include <vector>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

/// By the id of the request that it came with.
bool isOfARequest(const fs::path& file) {
    const auto id = file.stem().string();
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); };
    return id.size() == 16 && std::ranges::all_of(id, isHex) &&
           (file.extension() == ".json" || file.extension() == ".answer");
}

}  // namespace

fs::path apiSpoolOf(const fs::path& ledger) {
    auto spool = ledger;
    spool += ".spool";
    return spool;
}

std::string clearSpoolOfBefore(const fs::path& inbox) {
    const auto spool = inbox / "spool";
    std::error_code problem;
    std::vector<fs::path> left;
    for (fs::directory_iterator entry{spool, problem}, end; !problem && entry != end;
         entry.increment(problem)) {
        if (isOfARequest(entry->path())) left.push_back(entry->path());
    }
    std::size_t removed = 0;
    for (const auto& file : left)
        if (fs::remove(file, problem)) ++removed;
    fs::remove(spool, problem);  // stays when somebody else's files lie there
    if (removed == 0) return {};
    return "the API's spool moved from " + spool.string() + " to beside the ledger; " +
           counted(removed, "file") +
           " taken away that a stop had left there: batches that the ledger has, or that their "
           "sender was never told were taken and sends again";
}

}  // namespace zegel::station
