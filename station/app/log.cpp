#include "station/app/log.h"

#include "drivers/base/clock.h"
#include "drivers/base/failure.h"

#include <algorithm>
#include <iostream>

namespace zegel::station {

namespace {

/// What others wrote stands in some messages: it must not begin a line of its own.
std::string onOneLine(std::string_view text) {
    std::string line{text};
    std::ranges::replace_if(
        line, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; }, '?');
    return line;
}

}  // namespace

Log::Log(const std::filesystem::path& file) {
    if (file.empty()) return;
    file_.open(file, std::ios::app);
    if (!file_) throw Failure{Fault::SettingUnusable, "cannot write the log " + file.string()};
}

void Log::write(std::string_view line) {
    const auto stamped = toRfc3339(SystemClock{}.now()) + " " + onOneLine(line) + "\n";
    const std::lock_guard alone{mutex_};
    std::cout << stamped << std::flush;
    if (!file_.is_open()) return;
    file_.clear();  // a disk that was full for a while costs the lines of that while at most
    file_ << stamped << std::flush;
}

}  // namespace zegel::station
