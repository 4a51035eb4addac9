#include "station/ledger/backup.h"

#include "config/settings.h"
#include "drivers/base/counted.h"
#include "drivers/base/durable_file.h"
#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/base/told.h"
#include "station/app/audit_judgement.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"
#include "station/app/progress_bar.h"
#include "station/app/sole_use.h"
#include "station/app/told_numbers.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <fstream>
#include <iostream>
#include <optional>
#include <string_view>
#include <unistd.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

fs::path beside(const fs::path& file) {
    auto part = file;
    part += ".part";
    return part;
}

/// Takes the copy apart from what it was copied to: nothing bears the name before it is whole.
void takeBack(const fs::path& part) noexcept {
    std::error_code gone;
    for (const auto* suffix : {"", "-wal", "-shm"})
        fs::remove(part.string() + suffix, gone);
}

/// SQLite would put what lies in its files beside onto the ledger that comes back.
std::optional<fs::path> whatIsLeftOf(const fs::path& ledger) {
    for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) {
        const fs::path file{ledger.string() + suffix};
        if (fs::exists(file)) return file;
    }
    return std::nullopt;
}

std::size_t octetsIn(const fs::path& file) {
    std::error_code missing;
    const auto octets = fs::file_size(file, missing);
    return missing ? 0 : static_cast<std::size_t>(octets);
}

/// A large ledger takes its time.
void copyInSight(const fs::path& ledger, const fs::path& copy) {
    ProgressBar::during([&] { copyLedger(ledger, copy); }, octetsIn(ledger),
                        [&] { return octetsIn(copy); }, "copying the ledger");
}

/// What an auditor would say of the ledger in the file, and what was last done in it.
std::string expectWhole(const fs::path& file, const config::Settings& settings) {
    const SystemClock clock;
    Ledger ledger{file, clock};
    const auto judgement = judgeAudit(ledger, settings.seal.certificate);
    if (!judgement.whole) {
        throw Failure{Fault::LedgerUnwritable,
                      "its audit chain does not hold, and nothing was kept: " + judgement.words};
    }
    const auto last = ledger.events(ledger.lastEvent() - 1, 1);
    const auto orders = ledger.stateCounts().orders;
    std::size_t known = 0;
    for (const auto& [state, count] : orders)
        known += count;
    return counted(known, "order") +
           (last.empty() ? "" : ", the last change at " + toRfc3339(last.front().at));
}

/// The station records it before anything is copied; when none runs, the next one does first.
int announce(const config::StationSettings& station, const fs::path& file) {
    const auto id = "backup-" + toHex(randomBytes(6));
    Poco::JSON::Object notice{Poco::JSON_PRESERVE_KEY_ORDER};
    notice.set("backup", id);
    notice.set("file", fs::absolute(file).string());
    notice.set("by", "user " + userNamed(::getuid()));
    notice.set("at", toRfc3339(SystemClock{}.now()));
    if (!stationRunsOn(station.ledger)) fs::create_directories(station.inbox / "backups");
    return askThroughInbox(station, "backups", notice, id, Unanswered::StaysUndone);
}

std::set<OrderId> ordersIn(const fs::path& file) {
    std::ifstream lines{file};
    if (!lines || !fs::is_regular_file(file)) {
        throw Failure{Fault::RequestRefused, "cannot read " + file.string()};
    }
    std::set<OrderId> orders;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty()) orders.insert(OrderId{line});
    }
    if (lines.bad() || orders.empty()) {
        throw Failure{Fault::RequestRefused,
                      file.string() +
                          " names no orders, one a line: when nothing was made say --nothing-made"};
    }
    return orders;
}

Restoration restorationFrom(const Arguments& arguments, const std::string& issuerPrefix) {
    Restoration restoration{arguments.required("by"), arguments.required("why"), {}, {}};
    const auto number = arguments.option("last-number");
    if (number.has_value() == arguments.has("nothing-made")) {
        throw Failure{Fault::RequestRefused,
                      "say what was made after the backup, which the backup cannot know: "
                      "--last-number with the highest certificate number on any card (the CA and "
                      "the order system know it), or --nothing-made"};
    }
    if (!number && arguments.option("made")) {
        throw Failure{Fault::RequestRefused,
                      "--made contradicts --nothing-made; say --last-number with it"};
    }
    if (!number) return restoration;
    restoration.lastNumber = countedNumber(*number, issuerPrefix);
    if (!restoration.lastNumber) {
        throw Failure{Fault::RequestRefused, "--last-number " + *number +
                                                 " is no number of this station, like " +
                                                 issuerPrefix + "-2026-000123-02"};
    }
    if (const auto made = arguments.option("made")) restoration.made = ordersIn(*made);
    return restoration;
}

std::uintmax_t numberIn(const std::array<unsigned char, 100>& header, std::size_t at,
                        std::size_t octets) {
    std::uintmax_t number = 0;
    for (std::size_t next = at; next < at + octets; ++next)
        number = number << 8U | header.at(next);
    return number;
}

/// SQLite's own word of how long its file is, where that is of the last change (its file format,
/// 1.3); else 0. Nothing when it is no ledger's copy.
std::optional<std::uintmax_t> sizeToldBy(const fs::path& file) {
    std::array<unsigned char, 100> header{};
    std::ifstream in{file, std::ios::binary};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): octets as a stream takes them
    if (!in.read(reinterpret_cast<char*>(header.data()), header.size())) return std::nullopt;
    constexpr std::string_view Magic{"SQLite format 3\0", 16};
    if (!std::equal(Magic.begin(), Magic.end(), header.begin())) return std::nullopt;
    const bool isOfLastChange = numberIn(header, 24, 4) == numberIn(header, 92, 4);
    const auto page = numberIn(header, 16, 2);
    return isOfLastChange ? (page == 1 ? 65536 : page) * numberIn(header, 28, 4) : 0;
}

/// Before a ledger that may be whole is moved away for it.
std::optional<std::string> whyNoBackup(const fs::path& file) {
    std::error_code missing;
    if (!fs::is_regular_file(file, missing)) return "there is no backup " + file.string();
    const auto size = sizeToldBy(file);
    if (!size) return file.string() + " is no backup: name a file that zegel backup wrote";
    if (fs::file_size(file, missing) >= *size) return std::nullopt;
    return file.string() + " is cut: it has fewer octets than were written; take another backup";
}

/// The last head that the station signed of what comes back, in the place of a later one.
void layHeadBeside(const fs::path& ledger, const std::vector<AuditHead>& heads) {
    if (heads.empty()) {
        removeDurably(headBeside(ledger));
    } else {
        writeDurably(headBeside(ledger), heads.back().record);
    }
}

/// What a person says of it is held against what the station told the order system.
void expectNoneMadeSince(Ledger& ledger, const std::optional<ToldNumber>& told) {
    if (!told || ledger.gaveOut(told->counted)) return;
    throw Failure{Fault::RequestRefused,
                  "a card was made since: " + told->report.string() + " tells of " + told->number +
                      "; say --last-number with the highest number on any card, at least that one. "
                      "Nothing was restored"};
}

/// Gives the heads that were signed of what comes back.
std::vector<AuditHead> restoreInto(const fs::path& part, const Restoration& restoration,
                                   const std::optional<ToldNumber>& told) {
    const SystemClock clock;
    Ledger ledger{part, clock};
    const auto [recovered, held] = ledger.continueFromBackup(restoration);
    expectNoneMadeSince(ledger, told);
    for (const auto& done : recovered)
        std::cout << done << '\n';
    if (held > 0) {
        std::cout << counted(held, "order is", "orders are")
                  << " on hold: see zegel status; zegel order release or cancel decides on each\n";
    }
    return ledger.auditHeads();
}

}  // namespace

int runBackup(const Arguments& arguments) {
    if (arguments.words().size() != 1) {
        throw Failure{Fault::RequestRefused, "say where to: zegel backup FILE"};
    }
    const fs::path file{arguments.words().front()};
    if (fs::exists(file)) {
        return refuse(file.string() + " exists; a backup never writes over another file" +
                      lookUp(Fault::RequestRefused));
    }
    const auto folder = fs::absolute(file).parent_path();
    if (!fs::is_directory(folder)) {
        return refuse("there is no folder " + folder.string() +
                      " for the backup; make it, or name another" + lookUp(Fault::RequestRefused));
    }
    if (::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
        return refuse("user " + userNamed(::geteuid()) + " may not write in the folder " +
                      folder.string() + "; name another for the backup" +
                      lookUp(Fault::RequestRefused));
    }
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    const auto part = beside(file);
    if (const auto why = whyNotForStation(settings.station.ledger))
        return refuse(*why + lookUp(Fault::RequestRefused));
    if (!fs::exists(settings.station.ledger)) {
        return refuse("there is no ledger " + settings.station.ledger.string() +
                      lookUp(Fault::SettingUnusable));
    }
    if (announce(settings.station, file) == Refused) return Refused;
    try {
        copyInSight(settings.station.ledger, part);
        const auto what = expectWhole(part, settings);
        makeOneFile(part);
        renameDurably(part, file);
        std::cout << "wrote " << file.string() << ": " << what << "; keep it elsewhere\n";
    } catch (...) {
        takeBack(part);
        throw;
    }
    return Done;
}

int runRestore(const Arguments& arguments) {
    if (arguments.words().size() != 1) {
        throw Failure{Fault::RequestRefused, "say what from: zegel restore FILE"};
    }
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    const auto restoration = restorationFrom(arguments, settings.station.issuerPrefix);
    const auto& ledger = settings.station.ledger;
    // Root may write everywhere, and its ledger no station could.
    const auto why =
        ::geteuid() == 0 ? whyNotForStation(settings.station.inbox / "backups") : std::nullopt;
    if (why) return refuse(*why + lookUp(Fault::RequestRefused));
    // The disk that is gone took the folder with it; one that is there keeps the rights it has.
    if (fs::create_directories(ledger.parent_path()))
        fs::permissions(ledger.parent_path(), fs::perms::owner_all);
    const SoleUse alone{ledger};
    if (const auto none = whyNoBackup(arguments.words().front()))
        return refuse(*none + "; nothing was changed" + lookUp(Fault::RequestRefused));
    if (const auto left = whatIsLeftOf(ledger)) {
        return refuse("there is still " + left->string() +
                      ": move the ledger away first, with its -wal, -shm and -journal; nothing was "
                      "changed" +
                      lookUp(Fault::RequestRefused));
    }
    const auto told = lastNumberTold(settings.station.reports, settings.station.issuerPrefix);
    const auto part = beside(ledger);
    try {
        copyInSight(arguments.words().front(), part);
        const auto what = expectWhole(part, settings);
        const auto heads = restoreInto(part, restoration, told);
        makeOneFile(part);
        layHeadBeside(ledger, heads);  // nothing refuses any more, and no ledger stands without
        renameDurably(part, ledger);
        std::cout << "restored " << ledger.string() << ": " << what << '\n';
    } catch (...) {
        takeBack(part);
        throw;
    }
    return Done;
}

}  // namespace zegel::station
