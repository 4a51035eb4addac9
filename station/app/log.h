#pragma once

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string_view>

namespace zegel::station {

/// What the station did, a line each with the time in UTC, to a file and to standard output.
/// Holds names and numbers only. Safe for several threads.
class Log {
public:
    /// An empty path: standard output only. Errors: SettingUnusable when the file cannot be opened.
    explicit Log(const std::filesystem::path& file);

    void write(std::string_view line);

private:
    std::mutex mutex_;
    std::ofstream file_;
};

}  // namespace zegel::station
