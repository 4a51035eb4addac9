#pragma once

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string_view>

namespace zegel::station {

/// What the station did. In the file one JSON object a line (RFC 8259, UTF-8): "at", in UTC,
/// "level", what was "said", and the "request" of the API that it came of, if any. On standard
/// output a line of text each. Holds names and numbers only. Safe for several threads.
class Log {
public:
    /// An empty path: standard output only. Errors: SettingUnusable when the file cannot be opened.
    explicit Log(const std::filesystem::path& file);

    enum class Level {
        Info,
        Warning,  ///< somebody should look, or something is waited for
        Error     ///< the station stops, or its records are not what they were
    };
    void write(std::string_view said, Level level = Level::Info);

private:
    std::mutex mutex_;
    std::ofstream file_;
};

}  // namespace zegel::station
