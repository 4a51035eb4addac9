#include "station/app/log.h"

#include "drivers/base/clock.h"
#include "drivers/base/failure.h"

#include <iostream>

namespace zegel::station {

Log::Log(const std::filesystem::path& file) {
    if (file.empty()) return;
    file_.open(file, std::ios::app);
    if (!file_) throw Failure{Fault::SettingUnusable, "cannot write the log " + file.string()};
}

void Log::write(std::string_view line) {
    const auto stamped = toRfc3339(SystemClock{}.now()) + " " + std::string{line} + "\n";
    const std::lock_guard alone{mutex_};
    std::cout << stamped << std::flush;
    if (file_.is_open()) file_ << stamped << std::flush;
}

}  // namespace zegel::station
