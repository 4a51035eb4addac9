#pragma once

#include "drivers/base/clock.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>

namespace zegel::station {

/// What one request came to.
struct Access {
    std::string request;  ///< its id; empty for a connection that came to none
    std::string address;
    std::string client;  ///< common name
    std::string fingerprint;
    std::string method;
    std::string path;  ///< without what follows "?"
    int status = 0;
    std::size_t octets = 0;  ///< of the answer's body
    std::chrono::milliseconds took{};
    std::string why;  ///< when it was refused
};

/// One JSON object a line (RFC 8259, UTF-8). Safe for several threads.
class AccessLog {
public:
    /// Errors: SettingUnusable when the file cannot be opened.
    AccessLog(const std::filesystem::path& file, const Clock& clock);

    void write(const Access& access);

private:
    const Clock& clock_;
    std::mutex mutex_;
    std::ofstream file_;
};

}  // namespace zegel::station
