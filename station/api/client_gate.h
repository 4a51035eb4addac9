#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/openssl.h"
#include "station/api/role.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace zegel::station {

/// Who a client is, by the certificate it proved to hold.
struct Client {
    std::string name;         ///< the subject's only common name, UTF-8; else empty
    std::string fingerprint;  ///< "sha256:…", hexadecimal in lower case
    RoleSet roles;
    TimePoint notAfter{};

    /// Under which it stands in the audit trail: nobody speaks for another.
    const std::string& who() const noexcept { return name.empty() ? fingerprint : name; }
};

/// Which subjects have a role: by common name, or by "sha256:" and the certificate's digest.
using RoleBook = std::map<std::string, RoleSet, std::less<>>;

struct GateSettings {
    std::filesystem::path authorities;                 ///< CA certificates up to their root, PEM
    std::optional<std::filesystem::path> revocations;  ///< CRLs of those CAs, PEM; then enforced
    RoleBook book;
};

/// Lets clients in: a certificate of our CAs, for TLS clients, in force and not revoked. The CRLs
/// are read anew when their file changes, so that a revoked client is out at its next request.
/// Intermediate certificates are taken from our own file, not from the client. Safe for several
/// threads.
class ClientGate {
public:
    using Tell = std::function<void(const std::string&)>;

    /// `tell` hears of CRLs that cannot be read; those read before stay in force until they end.
    /// Errors: SettingUnusable naming the file.
    ClientGate(GateSettings settings, const Clock& clock, Tell tell);

    /// X509_V_OK, or why the certificate does not let its holder in.
    int verdictOn(X509* certificate);
    Client clientOf(X509* certificate) const;

    const std::filesystem::path& authorities() const noexcept { return settings_.authorities; }

private:
    using StorePtr = std::shared_ptr<X509_STORE>;
    /// What tells one content of a file from the next.
    struct Writing {
        std::filesystem::file_time_type at;
        std::uintmax_t size = 0;
        friend bool operator==(const Writing&, const Writing&) = default;
    };

    StorePtr freshStore() const;
    StorePtr store();
    std::optional<Writing> writing() const;

    GateSettings settings_;
    const Clock& clock_;
    Tell tell_;
    std::mutex mutex_;
    std::optional<Writing> known_;
    StorePtr store_;
};

}  // namespace zegel::station
