#include "drivers/base/counted.h"
#include "drivers/base/told.h"
#include "station/app/station_works.h"
#include "station/app/waited_for.h"
#include "station/report/batch_report.h"

// What the station does again and again, beside its readers.

namespace zegel::station {
namespace {

constexpr std::chrono::minutes AuditHeadEvery{1};
constexpr std::chrono::seconds RevocationRetry{2};
constexpr std::chrono::seconds LayOutAgain{2};
constexpr std::chrono::minutes TickEvery{1};

}  // namespace

void Station::Works::refused(const std::string& name, const std::string& reason) {
    log.write("refused " + name + ": " + reason);  // first: who reads the answer may look there
    writeRefusal(settings.station.reports, name, reason, clock.now());
}

void Station::Works::writeReports() {
    const auto changed = ledger.takeChangedBatches();
    if (!changed.empty()) keyPool.expect(keysWanted(ledger.queuedByProfile(), profiles));
    statusFiles.keep(changed);
    writeStationReport();
}

void Station::Works::writeLastReports() {
    writeReports();
    statusFiles.keepAll();
}

void Station::Works::writeStationReport() {
    const bool readersChanged = boardChanged.exchange(false);  // before they are looked at
    StationStatus status{settings.station.name,
                         startedAt,
                         readersChanged ? board.all() : toldStatus.readers,
                         authority.condition(),
                         openMatters(),
                         events ? std::optional{events->condition()} : std::nullopt,
                         whatIsWaitedFor()};
    if (!readersChanged && status == toldStatus) return;
    writeStationStatus(status, clock.now(), settings.station.reports);
    toldStatus = std::move(status);
}

void Station::Works::revoke(const std::stop_token& stop) {
    const auto now = std::chrono::steady_clock::now();
    if (!revocationsDue.exchange(false) && now < nextRevocation) return;
    if (revoker.round(stop) == 0) revocationNews.clear();
    ledger.forgetFinishedGroupKeys();
    nextRevocation = std::chrono::steady_clock::now() + RevocationRetry;
}

/// Signed now and then, and at the end: what is cut off or written anew before that is told.
void Station::Works::signAudit() {
    try {
        if (const auto last = ledger.unsignedAudit()) {
            ledger.recordAuditHead(
                {last->sequence, sealer->signText(bytesOf(auditHeadText(*last, clock.now())))});
        }
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::TokenUnavailable) throw;
        log.write("the audit's head waits for its signature: " + told(failure));
    }
    nextAuditHead = std::chrono::steady_clock::now() + AuditHeadEvery;
}

/// Those that could not be laid out when they were released.
void Station::Works::layOutLetters() {
    letters.layOut();
    nextLayOut = std::chrono::steady_clock::now() + LayOutAgain;
}

/// The clock on receipts and letters.
void Station::Works::tickDesk() {
    if (const auto overdue = dispatch.tick(); overdue > 0) {
        log.write(counted(overdue, "receipt") +
                  " overdue: zegel exceptions tells of which cards; ask, or revoke them");
    }
    const auto keep = settings.letters.keepSealedDays;
    const auto expired = ledger.letters().expire();
    const auto destroyed =
        ledger.letters().destroy(clock.now() - std::chrono::days{keep},
                                 "kept for " + std::to_string(keep) + " days after its last step");
    if (expired > 0) log.write(counted(expired, "letter") + " expired");
    if (destroyed > 0) {
        log.write("the sealed codes of " + counted(destroyed, "letter") + " are destroyed");
    }
    nextTick = std::chrono::steady_clock::now() + TickEvery;
}

std::optional<std::set<ReaderName>> Station::Works::readers() const {
    return board.readersAmong(settings.readers.services.size());
}

std::vector<WaitedFor> Station::Works::whatIsWaitedFor() {
    const auto orderSystem = events ? std::optional{events->condition()} : std::nullopt;
    const std::lock_guard alone{mutex};
    return waitedFor(authority.condition(), orderSystem, inboxAway);
}

void Station::Works::lookIntoInbox() {
    batches.empty();
    receipts.empty();
    decisions.empty();
    if (readers()) readerDecisions.empty();  // what was laid out before the start waits till then
    doubts.empty();
    std::string trouble;
    for (const auto* inbox : {&doubts, &readerDecisions, &decisions, &receipts, &batches})
        if (!inbox->trouble().empty()) trouble = inbox->trouble();
    const bool wasAway = inboxAway.has_value();
    if (wasAway == !trouble.empty()) return;
    log.write(trouble.empty() ? "the inbox can be looked into again" : trouble);
    const std::lock_guard alone{mutex};
    inboxAway.reset();
    if (!trouble.empty()) inboxAway = WaitedFor{"inbox", clock.now(), std::nullopt, trouble};
}

void Station::Works::look() {
    if (orderReturned.exchange(false)) line.ring();  // another reader may have a blank for it
    lookIntoInbox();
    if (std::chrono::steady_clock::now() >= nextLayOut) layOutLetters();
    if (std::chrono::steady_clock::now() >= nextTick) tickDesk();
    ledger.approvals().expire();
    writeReports();
    if (std::chrono::steady_clock::now() >= nextAuditHead) signAudit();
}

void Station::Works::remember(const Failure& failure) {
    const std::lock_guard alone{mutex};
    if (!stoppedBy) {
        stoppedBy = std::make_exception_ptr(failure);
        log.write("the station stops: " + told(failure));
    }
    wake.notify_all();
}

}  // namespace zegel::station
