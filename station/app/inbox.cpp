#include "station/app/inbox.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"

#include <algorithm>
#include <vector>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

bool isReady(const fs::directory_entry& entry) {
    const auto name = entry.path().filename().string();
    return entry.is_regular_file() && !name.starts_with('.') && name.ends_with(".json");
}

std::vector<fs::path> readyIn(const fs::path& folder) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    for (const auto& entry : fs::directory_iterator{folder}) {
        if (isReady(entry)) found.emplace_back(entry.last_write_time(), entry.path());
    }
    std::ranges::sort(found);
    std::vector<fs::path> files;
    for (auto& [time, path] : found)
        files.push_back(std::move(path));
    return files;
}

}  // namespace

Inbox::Inbox(fs::path folder, Handle handle, Refused refused)
    : folder_(std::move(folder)), handle_(std::move(handle)), refused_(std::move(refused)) {
    std::error_code problem;
    for (const auto* name : {"taken", "refused"})
        fs::create_directories(folder_ / name, problem);
    if (problem) {
        throw Failure{Fault::SettingUnusable,
                      "cannot make the folder " + folder_.string() + ": " + problem.message()};
    }
}

std::size_t Inbox::empty() {
    const auto files = readyIn(folder_);
    for (const auto& file : files) {
        try {
            handle_(file);
            moveTo(file, folder_ / "taken");
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::OrderUnusable &&
                failure.fault() != Fault::RequestRefused) {
                throw;
            }
            const auto reason = file.filename().string() + ".reason.txt";
            writeDurably(folder_ / "refused" / reason, bytesOf(std::string{failure.what()} + "\n"));
            moveTo(file, folder_ / "refused");
            refused_(file, failure.what());
        }
    }
    return files.size();
}

void Inbox::moveTo(const fs::path& file, const fs::path& folder) {
    auto target = folder / file.filename();
    for (int copy = 2; fs::exists(target); ++copy) {
        target = folder / (file.stem().string() + "~" + std::to_string(copy) + ".json");
    }
    renameDurably(file, target);
}

}  // namespace zegel::station
