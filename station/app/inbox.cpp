#include "station/app/inbox.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/told.h"
#include "station/app/inbox_name.h"

#include <algorithm>
#include <vector>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

bool isReady(const fs::directory_entry& entry) {
    const auto name = entry.path().filename().string();
    std::error_code goneMeanwhile;
    return entry.is_regular_file(goneMeanwhile) && !name.starts_with('.') &&
           name.ends_with(".json");
}

std::vector<fs::path> readyIn(const fs::path& folder, std::error_code& problem) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    for (fs::directory_iterator at{folder, problem}, end; !problem && at != end;
         at.increment(problem)) {
        std::error_code goneMeanwhile;
        const auto written = at->last_write_time(goneMeanwhile);
        if (!goneMeanwhile && isReady(*at)) found.emplace_back(written, at->path());
    }
    std::ranges::sort(found);
    std::vector<fs::path> files;
    files.reserve(found.size());
    for (auto& [time, path] : found)
        files.push_back(std::move(path));
    return files;
}

/// Where a file of this name may be kept without taking the place of an earlier one.
fs::path freeName(const std::string& name, const fs::path& folder) {
    auto target = folder / name;
    const auto stem = target.stem().string();
    for (int copy = 2; fs::exists(target); ++copy)
        target = folder / (stem + "~" + std::to_string(copy) + ".json");
    return target;
}

void expectPlain(const std::string& name, const std::string& shown) {
    const auto objection = objectionToName(name);
    if (!objection) return;
    throw Failure{Fault::OrderUnusable, shown + ": the name of this file " + *objection +
                                            "; nothing was taken from it, lay it out again"};
}

/// What refuses this file, and stops no station.
bool isAboutTheFile(Fault fault) {
    return fault == Fault::OrderUnusable || fault == Fault::RequestRefused ||
           fault == Fault::LetterUnusable;
}

}  // namespace

Inbox::Inbox(fs::path folder, Handle handle, Refused refused)
    : folder_(std::move(folder)), handle_(std::move(handle)), refused_(std::move(refused)) {
    std::error_code problem;
    makeFolders(problem);
    if (problem) {
        throw Failure{Fault::SettingUnusable,
                      "cannot make the folder " + folder_.string() + ": " + problem.message()};
    }
}

void Inbox::makeFolders(std::error_code& problem) const {
    for (const auto* name : {"taken", "refused"})
        if (!problem) fs::create_directories(folder_ / name, problem);
}

std::size_t Inbox::empty() {
    std::error_code problem;
    std::error_code unseen;
    if (fs::is_directory(folder_.parent_path(), unseen)) makeFolders(problem);
    const auto files = problem ? std::vector<fs::path>{} : readyIn(folder_, problem);
    trouble_.clear();
    if (problem) {
        miss(problem);
        return 0;
    }
    std::size_t handled = 0;
    for (const auto& file : files) {
        try {
            handle(file);
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::LedgerUnwritable) throw;
            if (fs::is_directory(folder_, unseen)) throw;
            // It went while we worked. What was taken is kept, and taken again it changes nothing.
            miss(std::make_error_code(std::errc::no_such_file_or_directory));
            return handled;
        }
        ++handled;
    }
    return handled;
}

void Inbox::miss(const std::error_code& problem) {
    trouble_ = "cannot look into the folder " + folder_.string() + ": " + problem.message() +
               "; make or mount the one that inbox under [station] in the settings names. The "
               "station goes on without, and takes what lies there when it is back" +
               lookUp(Fault::SettingUnusable);
}

/// Whoever laid it out did not want to wait any longer. That is no fault of the disk's.
bool Inbox::wasTakenBack(const fs::path& file) const {
    std::error_code unseen;
    return !fs::exists(file, unseen) && fs::is_directory(folder_, unseen);
}

void Inbox::putAway(const fs::path& file, const fs::path& to) const {
    try {
        renameDurably(file, to);
    } catch (const Failure&) {
        if (!wasTakenBack(file)) throw;
    }
}

void Inbox::handle(const fs::path& file) {
    const auto name = file.filename().string();
    const auto shown = plainNameFor(name);
    try {
        expectPlain(name, shown);
        handle_(file);
        putAway(file, freeName(name, folder_ / "taken"));
    } catch (const Failure& failure) {
        if (!isAboutTheFile(failure.fault())) throw;
        if (wasTakenBack(file)) return;
        const auto kept = freeName(shown, folder_ / "refused");
        auto reason = kept;
        reason += ".reason.txt";
        writeDurably(reason, bytesOf(told(failure) + "\n"));
        putAway(file, kept);
        refused_(shown, told(failure));
    }
}

}  // namespace zegel::station
