#pragma once

#include <filesystem>
#include <string_view>

namespace zegel::station {

/// A body while it comes in, or an answer until it is sent: for its owner only, gone with this
/// object unless somebody moved it.
class SpoolFile {
public:
    /// Errors: std::system_error when it cannot be made.
    explicit SpoolFile(std::filesystem::path file);
    ~SpoolFile();
    SpoolFile(const SpoolFile&) = delete;
    SpoolFile& operator=(const SpoolFile&) = delete;

    /// Errors: std::system_error: the disk is full.
    void append(std::string_view octets);
    void close();

    const std::filesystem::path& path() const noexcept { return file_; }

private:
    std::filesystem::path file_;
    int descriptor_;
};

}  // namespace zegel::station
