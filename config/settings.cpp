#include "config/settings.h"

#include "config/api_table.h"
#include "config/named_paths.h"
#include "config/strict_table.h"
#include "drivers/base/failure.h"

#include <algorithm>
#include <system_error>

namespace zegel::config {
namespace {

using std::filesystem::path;

std::string issuerPrefixIn(const StrictTable& table) {
    std::string prefix = table.text("issuer_prefix");
    const bool capitals =
        std::all_of(prefix.begin(), prefix.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!capitals || prefix.size() < 2 || prefix.size() > 4) {
        table.refuse("issuer_prefix", "\"" + prefix + "\" does not do; write two to four capitals");
    }
    return prefix;
}

/// A report in the inbox would be taken for a batch.
void wantDifferentFolders(const StrictTable& table, const StationSettings& station) {
    std::vector<std::pair<std::string_view, path>> folders{
        {"inbox", station.inbox}, {"reports", station.reports}, {"escrow", station.escrow}};
    if (station.letters) folders.emplace_back("letters", *station.letters);
    if (station.notes) folders.emplace_back("notes", *station.notes);
    for (auto one = folders.begin(); one != folders.end(); ++one) {
        const auto same = std::find_if(
            folders.begin(), one, [&](const auto& other) { return other.second == one->second; });
        if (same == one) continue;
        table.refuse(one->first, "is the same folder as " + std::string(same->first) +
                                     "; give each a folder of its own");
    }
}

InboxTakings inboxTakingsIn(const StrictTable& table, bool hasApi) {
    if (!table.has("inbox_takes")) return {};
    InboxTakings takes{false, false, false};
    for (const auto& kind : table.textsIfAny("inbox_takes")) {
        if (kind == "batches") {
            takes.batches = true;
        } else if (kind == "receipts") {
            takes.receipts = true;
        } else if (kind == "decisions") {
            takes.decisions = true;
        } else {
            table.refuse("inbox_takes",
                         "\"" + kind +
                             "\" is not laid in an inbox; write some of \"batches\", "
                             "\"receipts\" and \"decisions\"");
        }
    }
    if (!hasApi && !(takes.batches && takes.receipts && takes.decisions)) {
        table.refuse("inbox_takes",
                     "closes the only way in for what is left out; add the table [api], or write "
                     "all of \"batches\", \"receipts\" and \"decisions\"");
    }
    return takes;
}

StationSettings stationIn(const StrictTable& file, const Paths& paths) {
    const StrictTable table = file.table(
        "station", {"name", "issuer_prefix", "profiles", "ledger", "inbox", "inbox_takes",
                    "reports", "letters", "notes", "escrow", "log", "verbosity", "transcripts"});
    StationSettings station{.name = table.text("name"),
                            .issuerPrefix = issuerPrefixIn(table),
                            .profiles = paths.folder(table, "profiles"),
                            .ledger = paths.any(table, "ledger"),
                            .inbox = paths.any(table, "inbox"),
                            .inboxTakes = inboxTakingsIn(table, file.has("api")),
                            .reports = paths.any(table, "reports"),
                            .letters = std::nullopt,
                            .notes = std::nullopt,
                            .escrow = paths.any(table, "escrow"),
                            .log = paths.any(table, "log"),
                            .verbosity = Verbosity::Progress,
                            .transcripts = std::nullopt};
    if (table.has("verbosity")) {
        station.verbosity =
            table.choice<Verbosity>("verbosity", {{"mishaps", Verbosity::Mishaps},
                                                  {"progress", Verbosity::Progress},
                                                  {"everything", Verbosity::Everything}});
    }
    if (table.has("letters")) station.letters = paths.any(table, "letters");
    if (table.has("notes")) station.notes = paths.any(table, "notes");
    if (table.has("transcripts")) station.transcripts = paths.any(table, "transcripts");
    wantDifferentFolders(table, station);
    return station;
}

std::vector<ReaderService> servicesIn(const StrictTable& readers) {
    if (!readers.has("services")) {
        ReaderService only;
        if (readers.has("socket")) only.socket = readers.text("socket");
        return {only};
    }
    if (readers.has("socket")) {
        readers.refuse("socket", "stands beside [[readers.services]]; write it in one of them");
    }
    std::vector<ReaderService> services;
    for (const auto& table : readers.tables("services", {"name", "socket"})) {
        ReaderService service{table.text("name"), table.text("socket")};
        const auto taken = [&](const ReaderService& other) {
            return other.name == service.name || other.socket == service.socket;
        };
        if (std::ranges::any_of(services, taken)) {
            table.refuse("name", "another service has the name \"" + service.name +
                                     "\" or its socket already; give each its own");
        }
        if (service.name.find('/') != std::string::npos) {
            table.refuse("name", "a service's name holds no '/', which stands behind it");
        }
        services.push_back(std::move(service));
    }
    return services;
}

ReaderSettings readersIn(const StrictTable& file) {
    ReaderSettings readers;
    const auto table =
        file.optionalTable("readers", {"socket", "services", "token_readers", "ignore_readers"});
    readers.services = table ? servicesIn(*table) : std::vector{ReaderService{}};
    if (!table) return readers;
    readers.tokenReaders = table->textsIfAny("token_readers");
    readers.ignoreReaders = table->textsIfAny("ignore_readers");
    return readers;
}

ChipSettings chipsIn(const StrictTable& file, const Paths& paths) {
    const auto table = file.optionalTable("chips", {"attestation_roots"});
    if (!table) return {};
    return {.attestationRoots = paths.filesIfAny(*table, "attestation_roots")};
}

std::string urlIn(const StrictTable& table, std::string_view key, std::string_view whose,
                  std::string_view example) {
    std::string url = table.text(key);
    const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
    const bool hosted = scheme > 0 && url.size() > scheme && url[scheme] != '/' &&
                        url[scheme] != ':' && url.find(' ') == std::string::npos;
    if (!hosted) {
        table.refuse(key, "\"" + url + "\" is no address of " + std::string{whose} +
                              "; write one such as " + std::string{example});
    }
    return url;
}

/// Addresses as they stand; paths relative to the settings file.
std::vector<std::string> crlsIn(const StrictTable& table, const Paths& paths) {
    std::vector<std::string> places;
    for (const auto& written : table.textsIfAny("crl")) {
        const bool address = written.find("://") != std::string::npos;
        if (address && !written.starts_with("http://")) {
            table.refuse("crl", "\"" + written +
                                    "\" is no address that a CRL is fetched from; a CRL is signed, "
                                    "so write one with http:// or the path of a file");
        }
        places.push_back(address ? written : paths.at(written).string());
    }
    return places;
}

AuthoritySettings authorityIn(const StrictTable& file, const Paths& paths) {
    const StrictTable table =
        file.table("authority", {"url", "certificates", "certificate", "key_label",
                                 "answer_within_seconds", "decide_within_seconds", "lines", "crl",
                                 "crl_look_seconds", "crl_within_minutes"});
    const int answer = table.numberOr("answer_within_seconds", 1, 600, 30);
    const int decide = table.numberOr("decide_within_seconds", 1, 86'400, 300);
    if (decide < answer) {
        table.refuse("decide_within_seconds",
                     "is shorter than answer_within_seconds; make it longer");
    }
    return {.url = urlIn(table, "url", "a CA", "http://ca.example:8829/cmp"),
            .certificates = paths.files(table, "certificates"),
            .certificate = paths.file(table, "certificate"),
            .keyLabel = table.text("key_label"),
            .answerWithin = std::chrono::seconds{answer},
            .decideWithin = std::chrono::seconds{decide},
            .lines = static_cast<std::size_t>(table.numberOr("lines", 1, 1000, 16)),
            .crl = crlsIn(table, paths),
            .crlLookEvery = std::chrono::seconds{table.numberOr("crl_look_seconds", 1, 86'400, 60)},
            .crlWithin = std::chrono::minutes{table.numberOr("crl_within_minutes", 0, 44'640, 60)}};
}

TokenSettings tokenIn(const StrictTable& file, const Paths& paths) {
    const StrictTable table =
        file.table("token", {"module", "label", "pin_file", "master_key_label", "wrap_key_label"});
    TokenSettings token{.module = paths.file(table, "module"),
                        .label = table.text("label"),
                        .pinFile = paths.ownersFile(table, "pin_file"),
                        .masterKeyLabel = table.text("master_key_label"),
                        .wrapKeyLabel = table.text("wrap_key_label")};
    constexpr std::size_t LongestLabel = 32;  // PKCS#11 v2.40, 3.2: CK_TOKEN_INFO.label
    if (token.label.size() > LongestLabel) {
        table.refuse("label", "is longer than the 32 octets a token's label has; shorten it");
    }
    if (token.masterKeyLabel == token.wrapKeyLabel) {
        table.refuse("wrap_key_label",
                     "is the master key's too; one key has one use, name another");
    }
    return token;
}

SealSettings sealIn(const StrictTable& file, const Paths& paths) {
    const StrictTable table =
        file.table("seal", {"print_room", "certificate", "key_label", "recovery"});
    return {.printRoom = paths.files(table, "print_room"),
            .certificate = paths.file(table, "certificate"),
            .keyLabel = table.text("key_label"),
            .recovery = paths.file(table, "recovery")};
}

LetterSettings lettersIn(const StrictTable& file) {
    const auto table = file.optionalTable("letters", {"keep_sealed_days"});
    if (!table) return {};
    return {.keepSealedDays = table->numberOr("keep_sealed_days", 0, 366, 30)};
}

std::optional<OrdersSettings> ordersIn(const StrictTable& file, const Paths& paths) {
    const auto table =
        file.optionalTable("orders", {"events_url", "certificate", "key_label", "certificates",
                                      "answer_within_seconds", "longest_pause_seconds"});
    if (!table) return std::nullopt;
    return OrdersSettings{
        .eventsUrl =
            urlIn(*table, "events_url", "an order system", "https://orders.example/events"),
        .certificate = paths.file(*table, "certificate"),
        .keyLabel = table->text("key_label"),
        .certificates = paths.filesIfAny(*table, "certificates"),
        .answerWithin = std::chrono::seconds{table->numberOr("answer_within_seconds", 1, 600, 10)},
        .longestPause =
            std::chrono::seconds{table->numberOr("longest_pause_seconds", 1, 3600, 60)}};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Tries the last '*' again, one character further, when what follows it does not fit.
bool matchesOne(std::string_view pattern, std::string_view name) {
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (in < name.size()) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = at++;
            resume = in;
        } else if (at < pattern.size() &&
                   (pattern[at] == '?' || lower(pattern[at]) == lower(name[in]))) {
            ++at;
            ++in;
        } else if (star != std::string_view::npos) {
            at = star + 1;
            in = ++resume;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', at) == std::string_view::npos;
}

}  // namespace

Settings readSettings(const path& file, NamedFiles files) {
    const path whole = std::filesystem::absolute(file).lexically_normal();
    const StrictTable table = StrictTable::read(
        whole.string(), {"station", "readers", "chips", "authority", "token", "seal", "letters",
                         "orders", "api", "client"});  // client_settings.h
    const Paths paths(whole.parent_path(), files);
    return {.file = whole,
            .station = stationIn(table, paths),
            .readers = readersIn(table),
            .chips = chipsIn(table, paths),
            .authority = authorityIn(table, paths),
            .token = tokenIn(table, paths),
            .seal = sealIn(table, paths),
            .letters = lettersIn(table),
            .orders = ordersIn(table, paths),
            .api = apiIn(table, paths)};
}

void makeFolders(const Settings& settings) {
    using std::filesystem::perms;
    const auto& station = settings.station;
    std::vector<path> folders{station.ledger.parent_path(), station.log.parent_path(),
                              station.inbox, station.reports, station.escrow};
    if (station.letters) folders.push_back(*station.letters);
    if (station.notes) folders.push_back(*station.notes);
    if (settings.api) folders.push_back(settings.api->accessLog.parent_path());
    if (station.transcripts) folders.push_back(*station.transcripts);
    for (const auto& folder : folders) {
        std::error_code problem;
        if (std::filesystem::is_directory(folder, problem)) continue;
        std::filesystem::create_directories(folder, problem);
        if (!problem) std::filesystem::permissions(folder, perms::owner_all, problem);
        if (problem) {
            throw Failure(Fault::SettingUnusable, settings.file.string() + ": the folder " +
                                                      folder.string() + " cannot be made (" +
                                                      problem.message() +
                                                      "); make it, or name another");
        }
    }
}

bool matches(const std::vector<std::string>& patterns, std::string_view readerName) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matchesOne(pattern, readerName); });
}

}  // namespace zegel::config
