#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace zegel::config {

/// How somebody's command line asks the station's API, in the name of his own certificate.
struct ClientSettings {
    std::filesystem::path file;         ///< absolute
    std::string station;                ///< "https://station.example:8443"
    std::filesystem::path authorities;  ///< the API's certificate leads to one of these, PEM
    std::filesystem::path certificate;  ///< ours, PEM, with those between it and its root
    std::filesystem::path key;          ///< PEM, readable by its owner only
    std::chrono::seconds answerWithin{};
};

/// Reads the table [client] of a TOML file strictly (config/examples/client.toml tells every key):
/// a file of its own, or the station's settings. Relative paths are relative to the file.
/// Errors: SettingUnusable naming file, line, key and what to do, also when there is no such table.
ClientSettings readClientSettings(const std::filesystem::path& file);

}  // namespace zegel::config
