#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/clock.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace zegel::hwsim {

/// One certificate of the simulated CA.
struct IssuedEntry {
    std::string serial;       ///< hexadecimal, upper case
    std::string transaction;  ///< hexadecimal
    std::string profile;
    Bytes requestDigest;  ///< SHA-256 of the PKCS#10 request
    Bytes certificate;    ///< DER
    bool confirmed = false;
    bool rejected = false;
    std::optional<int> revocationReason;  ///< RFC 5280 CRLReason
    TimePoint revokedAt{};
};

/// What the CA has issued, one line an event, only ever appended to; survives a restart. A line
/// cut short by a crash is dropped.
class IssuedBook {
public:
    /// Errors: SettingUnusable when the file cannot be read or written.
    explicit IssuedBook(const std::filesystem::path& file);

    void add(const IssuedEntry& entry);
    void confirm(const std::string& serial);
    void reject(const std::string& serial);
    /// False when the serial is unknown or revoked already.
    bool revoke(const std::string& serial, int reason, TimePoint at);

    std::optional<IssuedEntry> bySerial(const std::string& serial) const;
    std::optional<IssuedEntry> byTransaction(const std::string& transaction) const;
    std::vector<IssuedEntry> all() const;

private:
    void read(const std::filesystem::path& file);
    void apply(const std::string& line);
    void append(const std::string& line);

    mutable std::mutex mutex_;
    std::map<std::string, IssuedEntry> entries_;
    std::ofstream out_;
};

}  // namespace zegel::hwsim
