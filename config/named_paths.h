#pragma once

#include "config/settings.h"
#include "config/strict_table.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::config {

/// Reads paths of one table, and looks whether what they name is there.
class Paths {
public:
    Paths(std::filesystem::path folder, NamedFiles files)
        : folder_(std::move(folder)), files_(files) {}

    std::filesystem::path at(const std::string& written) const;
    /// Made by the station, or by somebody else in time.
    std::filesystem::path any(const StrictTable& table, std::string_view key) const;
    std::filesystem::path file(const StrictTable& table, std::string_view key) const;
    std::vector<std::filesystem::path> files(const StrictTable& table, std::string_view key) const;
    std::vector<std::filesystem::path> filesIfAny(const StrictTable& table,
                                                  std::string_view key) const;
    std::filesystem::path folder(const StrictTable& table, std::string_view key) const;
    /// A file whose content is nobody else's business.
    std::filesystem::path ownersFile(const StrictTable& table, std::string_view key) const;

private:
    std::vector<std::filesystem::path> filesNamed(const StrictTable& table, std::string_view key,
                                                  const std::vector<std::string>& written) const;
    void wantFile(const StrictTable& table, std::string_view key,
                  const std::filesystem::path& named) const;

    std::filesystem::path folder_;
    NamedFiles files_;
};

}  // namespace zegel::config
