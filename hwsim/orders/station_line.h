#pragma once

#include <filesystem>
#include <string>

namespace zegel::hwsim {

/// A station's API, and who the order system is to it.
struct StationAddress {
    std::string url;                    ///< "https://station.example:8443"
    std::filesystem::path certificate;  ///< PEM, with those above it: TLS client authentication
    std::filesystem::path key;          ///< PEM
    std::filesystem::path authorities;  ///< PEM; that the station's certificate leads to
};

/// What a station answered.
struct StationAnswer {
    int status = 0;
    std::string type;
    std::string body;
};

/// Sends a file to POST /v1/batches, over a connection of its own (RFC 9110; TLS 1.2 or newer).
/// Errors: Poco::Exception when no answer came; SettingUnusable for a host that is none.
StationAnswer sendBatch(const StationAddress& station, const std::filesystem::path& batch);

}  // namespace zegel::hwsim
