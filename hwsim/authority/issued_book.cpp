#include "hwsim/authority/issued_book.h"

#include "drivers/base/failure.h"
#include "drivers/base/hex.h"

#include <algorithm>
#include <sstream>

namespace zegel::hwsim {

IssuedBook::IssuedBook(const std::filesystem::path& file) {
    read(file);
    out_.open(file, std::ios::app | std::ios::binary);
    if (!out_) throw Failure{Fault::SettingUnusable, "cannot write " + file.string()};
}

void IssuedBook::read(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    if (!in) return;
    std::ostringstream whole;
    whole << in.rdbuf();
    auto text = whole.str();
    const auto kept = text.find_last_of('\n') + 1;  // npos + 1 is 0: no whole line at all
    if (kept != text.size()) std::filesystem::resize_file(file, kept);
    text.resize(kept);
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        apply(line);
    }
}

void IssuedBook::apply(const std::string& line) {
    std::istringstream words{line};
    std::string event;
    std::string serial;
    words >> event >> serial;
    if (event == "issued") {
        IssuedEntry entry;
        entry.serial = serial;
        std::string digest;
        std::string der;
        words >> entry.transaction >> entry.profile >> digest >> der;
        entry.requestDigest = fromHex(digest).value_or(Bytes{});
        entry.certificate = fromHex(der).value_or(Bytes{});
        entries_[serial] = entry;
        return;
    }
    const auto found = entries_.find(serial);
    if (found == entries_.end()) return;
    if (event == "confirmed") found->second.confirmed = true;
    if (event == "rejected") found->second.rejected = true;
    if (event == "revoked") {
        int reason = 0;
        long long at = 0;
        words >> reason >> at;
        found->second.revocationReason = reason;
        found->second.revokedAt = TimePoint{std::chrono::seconds{at}};
    }
}

void IssuedBook::append(const std::string& line) {
    out_ << line << '\n' << std::flush;
    apply(line);
}

void IssuedBook::add(const IssuedEntry& entry) {
    const std::lock_guard lock{mutex_};
    append("issued " + entry.serial + ' ' + entry.transaction + ' ' + entry.profile + ' ' +
           toHex(entry.requestDigest) + ' ' + toHex(entry.certificate));
}

void IssuedBook::confirm(const std::string& serial) {
    const std::lock_guard lock{mutex_};
    append("confirmed " + serial);
}

void IssuedBook::reject(const std::string& serial) {
    const std::lock_guard lock{mutex_};
    append("rejected " + serial);
}

bool IssuedBook::revoke(const std::string& serial, int reason, TimePoint at) {
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(serial);
    if (found == entries_.end() || found->second.revocationReason) return false;
    append("revoked " + serial + ' ' + std::to_string(reason) + ' ' +
           std::to_string(at.time_since_epoch().count()));
    return true;
}

std::optional<IssuedEntry> IssuedBook::bySerial(const std::string& serial) const {
    const std::lock_guard lock{mutex_};
    const auto found = entries_.find(serial);
    if (found == entries_.end()) return std::nullopt;
    return found->second;
}

std::optional<IssuedEntry> IssuedBook::byTransaction(const std::string& transaction) const {
    const std::lock_guard lock{mutex_};
    const auto found = std::ranges::find_if(
        entries_, [&](const auto& held) { return held.second.transaction == transaction; });
    if (found == entries_.end()) return std::nullopt;
    return found->second;
}

std::vector<IssuedEntry> IssuedBook::all() const {
    const std::lock_guard lock{mutex_};
    std::vector<IssuedEntry> every;
    for (const auto& [serial, entry] : entries_) {
        every.push_back(entry);
    }
    return every;
}

}  // namespace zegel::hwsim
