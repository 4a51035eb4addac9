#include "config/api_table.h"

#include <algorithm>
#include <charconv>

namespace zegel::config {
namespace {

constexpr std::string_view Fingerprint = "sha256:";
constexpr std::size_t FingerprintDigits = 64;

struct Listening {
    std::string address;
    std::uint16_t port = 0;
};

/// "127.0.0.1:8443", "[::1]:8443".
Listening listeningIn(const StrictTable& table) {
    const std::string said = table.text("listen");
    const auto colon = said.rfind(':');
    Listening listening;
    bool good = colon != std::string::npos && colon > 0 && colon + 1 < said.size();
    if (good) {
        listening.address = said.substr(0, colon);
        const auto* end = said.data() + said.size();
        const auto [stopped, wrong] = std::from_chars(said.data() + colon + 1, end, listening.port);
        good = wrong == std::errc{} && stopped == end;
    }
    if (good && listening.address.starts_with('[') && listening.address.ends_with(']')) {
        listening.address = listening.address.substr(1, listening.address.size() - 2);
    } else if (listening.address.find(':') != std::string::npos) {
        good = false;
    }
    if (!good || listening.address.find(' ') != std::string::npos) {
        table.refuse("listen", "\"" + said +
                                   "\" is no address and port; write one such as "
                                   "127.0.0.1:8443 or [::1]:8443");
    }
    return listening;
}

bool isFingerprint(std::string_view subject) {
    const auto digits = subject.substr(Fingerprint.size());
    return digits.size() == FingerprintDigits && std::ranges::all_of(digits, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::map<std::string, std::vector<std::string>> rolesIn(const StrictTable& api) {
    constexpr std::string_view Roles[]{"order-system", "operator", "dispatch",     "print-room",
                                       "supervisor",   "auditor",  "administrator"};
    const auto table = api.table("roles", {"order-system", "operator", "dispatch", "print-room",
                                           "supervisor", "auditor", "administrator"});
    std::map<std::string, std::vector<std::string>> roles;
    for (const auto role : Roles) {
        auto subjects = table.textsIfAny(role);
        for (const auto& subject : subjects) {
            if (!subject.starts_with(Fingerprint) || isFingerprint(subject)) continue;
            table.refuse(role, "\"" + subject +
                                   "\" is no fingerprint; write sha256: and 64 digits from 0 to "
                                   "9 and a to f, as openssl x509 -fingerprint -sha256 tells them "
                                   "without colons");
        }
        if (!subjects.empty()) roles.emplace(role, std::move(subjects));
    }
    return roles;
}

}  // namespace

std::optional<ApiSettings> apiIn(const StrictTable& file, const Paths& paths) {
    const auto table =
        file.optionalTable("api", {"listen", "certificate", "key", "client_ca", "client_crl",
                                   "access_log", "requests_per_second", "answer_within_seconds",
                                   "batch_within_seconds", "approvals_last_hours", "roles"});
    if (!table) return std::nullopt;
    const auto listening = listeningIn(*table);
    ApiSettings api;
    api.address = listening.address;
    api.port = listening.port;
    api.certificate = paths.file(*table, "certificate");
    api.key = paths.ownersFile(*table, "key");
    api.clientCa = paths.file(*table, "client_ca");
    if (table->has("client_crl")) api.clientCrl = paths.file(*table, "client_crl");
    api.accessLog = paths.any(*table, "access_log");
    api.requestsPerSecond = table->numberOr("requests_per_second", 1, 100'000, 200);
    api.answerWithin = std::chrono::seconds{table->numberOr("answer_within_seconds", 1, 600, 30)};
    api.batchWithin = std::chrono::seconds{table->numberOr("batch_within_seconds", 1, 3600, 300)};
    api.approvalsLast = std::chrono::hours{table->numberOr("approvals_last_hours", 1, 24 * 31, 24)};
    api.roles = rolesIn(*table);
    return api;
}

}  // namespace zegel::config
