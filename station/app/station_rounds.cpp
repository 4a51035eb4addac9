#include "drivers/base/counted.h"
#include "drivers/base/durable_file.h"
#include "drivers/base/told.h"
#include "station/app/audit_judgement.h"
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
    // first: who reads the answer may look there
    log.write("refused " + name + ": " + reason, Log::Level::Warning);
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

/// What became of the chain while no station ran is looked for before anything else is done in this
/// ledger, and recorded when what it held is recovered: no record of ours is among those found.
void Station::Works::openLedger() {
    const auto kept = keptHead(headBeside(settings.station.ledger));
    const auto complaint = complaintOf(kept, ledger, settings.seal.certificate);
    for (const auto& done : ledger.recover())
        log.write("recovered: " + done);
    if (!complaint) return;
    log.write("the audit is not as the station left it: " + *complaint, Log::Level::Error);
    ledger.audit("station", "audit not as it was left", kept.place.filename().string(), *complaint);
}

/// Signed now and then, and at the end: what is cut off or written anew before that is told.
void Station::Works::signAudit() {
    try {
        signLastRecord();
        tellKeptHead();
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::TokenUnavailable) throw;
        log.write("the audit's head waits for its signature: " + told(failure),
                  Log::Level::Warning);
    }
    nextAuditHead = std::chrono::steady_clock::now() + AuditHeadEvery;
}

void Station::Works::signLastRecord() {
    const auto last = ledger.unsignedAudit();
    if (!last) return;
    const auto head = sealer->signText(bytesOf(auditHeadText(*last, clock.now())));
    writeDurably(headBeside(settings.station.ledger), head);
    ledger.recordAuditHead({last->sequence, head});
}

/// From then on a head that is gone was taken away.
void Station::Works::tellKeptHead() {
    if (isHeadTold) return;
    if (!ledger.tellsOf(HeadKeptBeside)) {
        const auto head = headBeside(settings.station.ledger);
        ledger.audit("station", HeadKeptBeside, head.filename().string(), "");
        signLastRecord();
    }
    isHeadTold = true;
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
                      " overdue: zegel exceptions tells of which cards; ask, or revoke them",
                  Log::Level::Warning);
    }
    letters.withdraw();
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
    backups.empty();  // first: what else lies there may take its time, and a person waits
    batches.empty();
    receipts.empty();
    decisions.empty();
    if (readers()) readerDecisions.empty();  // what was laid out before the start waits till then
    doubts.empty();
    std::string trouble;
    for (const auto* inbox : {&backups, &doubts, &readerDecisions, &decisions, &receipts, &batches})
        if (!inbox->trouble().empty()) trouble = inbox->trouble();
    const bool wasAway = inboxAway.has_value();
    if (wasAway == !trouble.empty()) return;
    log.write(trouble.empty() ? "the inbox can be looked into again" : trouble,
              trouble.empty() ? Log::Level::Info : Log::Level::Warning);
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
        log.write("the station stops: " + told(failure), Log::Level::Error);
    }
    wake.notify_all();
}

}  // namespace zegel::station
