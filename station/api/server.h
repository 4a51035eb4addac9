#pragma once

#include "station/api/limits.h"
#include "station/api/workplace.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace zegel::station {

struct ApiSettings {
    std::string address;                               ///< "127.0.0.1", "::1", "0.0.0.0"
    std::uint16_t port = 0;                            ///< 0: any that is free
    std::filesystem::path certificate;                 ///< the server's, with those above it, PEM
    std::filesystem::path key;                         ///< PEM
    std::filesystem::path clientAuthorities;           ///< PEM, up to their root
    std::optional<std::filesystem::path> revocations;  ///< PEM
    std::map<std::string, std::vector<std::string>> roles;  ///< by name: whose they are
    std::filesystem::path accessLog;
    std::filesystem::path spool;  ///< batches that come in, reports that go out; emptied at start
    ApiLimits limits;
};

/// HTTPS for the order system, the command line and the console. Serves from its making to its
/// end, on threads of its own; every client shows a certificate (client_gate.h).
class ApiServer {
public:
    /// Errors: SettingUnusable when the address cannot be listened at, a file cannot be read, or a
    /// subject stands nowhere in `roles`.
    ApiServer(const ApiSettings& settings, Workplace place);
    /// Answers what is under way, for a few seconds at most.
    ~ApiServer();
    ApiServer(const ApiServer&) = delete;
    ApiServer& operator=(const ApiServer&) = delete;

    std::string url() const;  ///< "https://127.0.0.1:8443"

private:
    struct Works;
    std::unique_ptr<Works> works_;
};

}  // namespace zegel::station
