#pragma once

#include "drivers/base/bytes.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace zegel::station {

class HostLookup;

/// Where a CA publishes its CRL: a file, or an address to GET it from. A list is signed, so plain
/// HTTP is what it needs (RFC 5280, 8).
class CrlSource {
public:
    /// `place`: "http://…" or the path of a file. Errors: SettingUnusable for another scheme.
    CrlSource(std::string place, std::chrono::milliseconds atMost);
    ~CrlSource();
    CrlSource(const CrlSource&) = delete;
    CrlSource& operator=(const CrlSource&) = delete;

    /// What lies there now, whatever it is. To be called by one thread.
    /// Errors: AuthorityUnavailable saying why it cannot be had.
    Bytes fetch();

    const std::string& place() const noexcept { return place_; }
    /// The station stops: a server that hangs is given up after a moment.
    void windUp() noexcept { windingUp_ = true; }

private:
    Bytes fromFile() const;
    Bytes fromServer();

    std::string place_;
    std::chrono::milliseconds atMost_;
    std::unique_ptr<HostLookup> lookup_;  ///< of a server
    std::atomic<bool> windingUp_{false};
};

}  // namespace zegel::station
