#include "station/app/station.h"

#include "drivers/reader/relay/relayed_reader_watch.h"
#include "station/app/api_settings.h"
#include "station/app/event_post.h"
#include "station/app/house_keys.h"
#include "station/app/inbox.h"
#include "station/app/log.h"
#include "station/app/sole_use.h"
#include "station/app/status_files.h"
#include "station/app/takings.h"
#include "station/authority/patient_authority.h"
#include "station/desk/revoker.h"
#include "station/journey/card_keys.h"
#include "station/line/line.h"
#include "station/report/batch_report.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds InboxLook{200};
constexpr std::chrono::minutes AuditHeadEvery{1};
constexpr std::chrono::seconds RevocationRetry{2};

LineSettings lineOf(const config::Settings& settings) {
    LineSettings line;
    line.numberPrefix = settings.station.issuerPrefix;
    line.tokenReaders = settings.readers.tokenReaders;
    line.ignoredReaders = settings.readers.ignoreReaders;
    line.transcripts = settings.station.transcripts.value_or(fs::path{});
    return line;
}

/// Installed beside this program.
fs::path readersProgram() {
    return fs::read_symlink("/proc/self/exe").parent_path() / "zegel-readers";
}

void expectReleaseRules(const cardprofiles::Profiles& profiles) {
    for (const auto& [name, profile] : profiles) {
        if (profile.release == cardprofiles::ReleaseRule::AfterReceipt) continue;
        throw Failure{Fault::SettingUnusable,
                      "profile " + name +
                          " releases its letter after dispatch, and this station books no "
                          "dispatch yet: take the profile out of its folder"};
    }
}

bool wants(const cardprofiles::Profile& profile, cardprofiles::Attestation attestation) {
    return std::ranges::find(profile.keys, attestation, &cardprofiles::KeyRule::attestation) !=
           profile.keys.end();
}

/// Gives what is to be said at the start when no maker is trusted.
std::string withoutMakers(const cardprofiles::Profiles& profiles) {
    std::string said;
    for (const auto& [name, profile] : profiles) {
        if (wants(profile, cardprofiles::Attestation::Required)) {
            throw Failure{Fault::SettingUnusable,
                          "profile " + name +
                              " requires chips to attest their keys, and the settings name no "
                              "maker to believe: set [chips] attestation_roots, or write "
                              "attestation = \"wanted\" in the profile"};
        }
        if (wants(profile, cardprofiles::Attestation::Wanted)) {
            said =
                "chips' attestations are kept as their own word and not verified: the settings "
                "name no attestation_roots";
        }
    }
    return said;
}

}  // namespace

struct Station::Works {
    explicit Works(const config::Settings& theSettings);

    Workplace workplace();
    void refused(const std::string& name, const std::string& reason);
    void look();
    void writeReports();
    void signAudit();
    void revoke(const std::stop_token& stop);
    void remember(const Failure& failure);

    config::Settings settings;
    SystemClock clock;
    Log log;
    cardprofiles::Profiles profiles;
    std::shared_ptr<pkcs11::Token> token;
    pkcs11::TokenCmacKey masterKey;
    pkcs11::TokenWrapKey wrapKey;
    std::unique_ptr<seal::Sealer> sealer;
    CmpAuthority askedAuthority;
    PatientAuthority authority;
    openssl::CertificatePtr recovery;
    SoleUse soleUse;
    Ledger ledger;
    AttestationRoots attestationRoots;
    DiversifiedCardKeys cardKeys;
    GroupKeys groupKeys;
    ReceiptDesk desk;
    std::set<std::string> revocationNews;  ///< said already, of the revoking thread only
    Revoker revoker;
    std::atomic<bool> boardChanged{true};
    std::atomic<bool> revocationsDue{true};
    std::atomic<bool> orderReturned{false};
    StatusBoard board;
    Line line;
    Takings takings;
    Inbox batches;
    Inbox receipts;
    Inbox decisions;
    Inbox readerDecisions;
    Inbox doubts;
    std::unique_ptr<EventPost> events;  ///< none: the settings name no order system
    std::mutex mutex;
    std::condition_variable_any wake;
    std::exception_ptr stoppedBy;
    std::chrono::steady_clock::time_point nextRevocation;
    std::chrono::steady_clock::time_point nextAuditHead;
    AuthorityCondition toldCondition;
    std::vector<OpenMatter> toldMatters;
    std::optional<OrderSystemCondition> toldOrderSystem;
    std::unique_ptr<ApiServer> api;  ///< the last: its clients use all of the above
};

Station::Works::Works(const config::Settings& theSettings)
    : settings(theSettings),
      log(settings.station.log),
      profiles(cardprofiles::readProfiles(settings.station.profiles.string())),
      token(openToken(settings.token)),
      masterKey(token, settings.token.masterKeyLabel),
      wrapKey(token, settings.token.wrapKeyLabel),
      sealer(sealerOf(settings.seal, token, clock.now())),
      askedAuthority(authorityOf(settings.authority, token)),
      authority(askedAuthority, clock),
      recovery(
          std::move(openssl::certificatesFromPemFile(settings.seal.recovery.string()).front())),
      soleUse(settings.station.ledger),
      ledger(settings.station.ledger, clock),
      attestationRoots(attestationRootsOf(settings.chips)),
      cardKeys(masterKey),
      groupKeys(ledger, wrapKey, recovery.get(), settings.station.escrow),
      desk(ledger, profiles, *sealer, clock, settings.station.letters),
      revoker(ledger, authority, profiles, clock,
              [this](const std::string& outcome) {
                  if (revocationNews.insert(outcome).second) log.write(outcome);
              }),
      board([this](const ReaderStatus& status) {
          boardChanged = true;
          const bool routine = status.state == ReaderStatus::State::Working;
          if (routine && settings.station.verbosity != config::Verbosity::Everything) return;
          log.write(status.reader.value() + ": " + std::string{nameOf(status.state)} + ", " +
                    status.message);
      }),
      line({ledger, authority, profiles, *sealer, cardKeys, groupKeys, clock, attestationRoots},
           lineOf(settings), board,
           {[this](const Produced&) { wake.notify_all(); },
            [this](const Claim&, const Failure&) {
                revocationsDue = true;
                orderReturned = true;
                wake.notify_all();
            },
            [this](const Failure& failure) { remember(failure); }}),
      takings({ledger, desk, profiles, log, settings.station.reports, [this] { line.ring(); },
               [this] { revocationsDue = true; }}),
      batches(
          settings.station.inbox / "batches", [this](const fs::path& file) { takings.batch(file); },
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      receipts(
          settings.station.inbox / "receipts",
          [this](const fs::path& file) { takings.receiptFile(file); },
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      decisions(
          settings.station.inbox / "decisions",
          [this](const fs::path& file) { takings.decisionFile(file); },
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      readerDecisions(
          settings.station.inbox / "readers",
          [this](const fs::path& file) { takings.readerDecisionFile(file); },
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      doubts(
          settings.station.inbox / "doubts",
          [this](const fs::path& file) { takings.verdictFile(file); },
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }) {
    expectReleaseRules(profiles);
    for (const auto* folder : {"receipts", "decisions", "readers", "doubts"}) {
        fs::create_directories(settings.station.reports / folder);
    }
    if (!line.transcriptsFolder().empty()) fs::create_directories(line.transcriptsFolder());
    if (!attestationRoots.any()) {
        if (const auto said = withoutMakers(profiles); !said.empty()) log.write(said);
    }
    if (settings.orders) {
        events = std::make_unique<EventPost>(*settings.orders, settings.station.name, ledger, token,
                                             clock,
                                             [this](const std::string& news) { log.write(news); });
    }
    for (const auto& done : ledger.recover())
        log.write("recovered: " + done);
    desk.settleHalfDone();
    if (settings.api) {
        api = std::make_unique<ApiServer>(apiSettingsOf(*settings.api, settings.station),
                                          workplace());
        log.write("the API listens at " + api->url());
    }
    log.write("station '" + settings.station.name +
              "' is ready: " + std::to_string(profiles.size()) + " profiles, inbox " +
              settings.station.inbox.string());
}

Workplace Station::Works::workplace() {
    return {.ledger = ledger,
            .board = board,
            .clock = clock,
            .station = settings.station.name,
            .takeBatch = [this](const fs::path& file) { return takings.batch(file); },
            .decide = [this](const Decision& decision) { return takings.decision(decision); },
            .decideReader =
                [this](const ReaderDecision& decision) { return takings.decision(decision); },
            .settleDoubt = [this](const DoubtVerdict& verdict) { return takings.verdict(verdict); },
            .takeReceipt = [this](const Receipt& receipt) { return takings.receipt(receipt); },
            .openMatters = [this] { return revoker.open(); },
            .wellbeing =
                [this] {
                    const auto condition = authority.condition();
                    return Wellbeing{condition.isWaitedFor, condition.reason};
                },
            .tell = [this](const std::string& said) { log.write(said); },
            .stopStation = [this](const Failure& failure) { remember(failure); }};
}

void Station::Works::refused(const std::string& name, const std::string& reason) {
    log.write("refused " + name + ": " + reason);  // first: who reads the answer may look there
    writeRefusal(settings.station.reports, name, reason, clock.now());
}

void Station::Works::writeReports() {
    for (const auto& batch : ledger.takeChangedBatches()) {
        writeBatchStatus(ledger, ledger.batch(batch).value(), settings.station.name, clock.now(),
                         settings.station.reports);
    }
    auto condition = authority.condition();
    auto matters = revoker.open();
    auto orderSystem = events ? std::optional{events->condition()} : std::nullopt;
    const bool toldAll =
        condition == toldCondition && matters == toldMatters && orderSystem == toldOrderSystem;
    if (!boardChanged.exchange(false) && toldAll) return;
    writeStationStatus(board.all(), condition, matters, orderSystem, settings.station.name,
                       clock.now(), settings.station.reports);
    toldCondition = std::move(condition);
    toldMatters = std::move(matters);
    toldOrderSystem = std::move(orderSystem);
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
    if (const auto last = ledger.unsignedAudit()) {
        ledger.recordAuditHead(
            {last->sequence, sealer->signText(bytesOf(auditHeadText(*last, clock.now())))});
    }
    nextAuditHead = std::chrono::steady_clock::now() + AuditHeadEvery;
}

void Station::Works::look() {
    if (orderReturned.exchange(false)) line.ring();  // another reader may have a blank for it
    batches.empty();
    receipts.empty();
    decisions.empty();
    readerDecisions.empty();
    doubts.empty();
    writeReports();
    if (std::chrono::steady_clock::now() >= nextAuditHead) signAudit();
}

void Station::Works::remember(const Failure& failure) {
    const std::lock_guard alone{mutex};
    if (!stoppedBy) stoppedBy = std::make_exception_ptr(failure);
    wake.notify_all();
}

/// However the station comes to its end: every thread is told before the first one is waited for,
/// so that no reader begins another card meanwhile.
class Station::StopAll {
public:
    StopAll(Works& works, std::vector<std::jthread>& working, std::jthread& posting)
        : works_(works), working_(working), posting_(posting) {}
    ~StopAll() {
        begin();
        posting_.request_stop();
    }
    StopAll(const StopAll&) = delete;
    StopAll& operator=(const StopAll&) = delete;

    void begin() const {
        for (auto& thread : working_)
            thread.request_stop();
        works_.authority.windUp();  // a CA that hangs is not waited for; one that answers is heard
        works_.api.reset();
    }

private:
    Works& works_;
    std::vector<std::jthread>& working_;
    std::jthread& posting_;
};

Station::Station(const config::Settings& settings) : works_(std::make_unique<Works>(settings)) {}

Station::~Station() = default;

void Station::run(const std::stop_token& stop) {
    auto& works = *works_;
    for (const auto& batch : works.ledger.batches()) {
        writeBatchStatus(works.ledger, batch, works.settings.station.name, works.clock.now(),
                         works.settings.station.reports);
    }
    std::vector<std::jthread> working;
    std::jthread posting;
    const auto program = readersProgram();
    const StopAll stopAll{works, working, posting};
    for (const auto& service : works.settings.readers.services) {
        working.emplace_back([&works, &service, &program](const std::stop_token& ending) {
            const auto start = [&] {
                return std::make_unique<drivers::ReaderProcess>(program, service.socket);
            };
            drivers::RelayedReaderWatch watch{start, service.name};
            works.line.run(watch, service.name, ending);
        });
    }
    posting = std::jthread{[&works](const std::stop_token& ending) {
        if (!works.events) return;
        try {
            works.events->run(ending);
        } catch (const Failure& failure) {
            works.remember(failure);
        } catch (const std::exception& defect) {
            works.remember(Failure{Fault::Defect, defect.what()});
        }
    }};
    working.emplace_back([&works](const std::stop_token& ending) {
        while (!ending.stop_requested()) {
            try {
                works.revoke(ending);
            } catch (const Failure& failure) {
                return works.remember(failure);
            } catch (const std::exception& defect) {
                return works.remember(Failure{Fault::Defect, defect.what()});
            }
            std::unique_lock lock{works.mutex};
            works.wake.wait_for(lock, ending, InboxLook, [] { return false; });
        }
    });
    while (!stop.stop_requested()) {
        works.look();
        std::unique_lock lock{works.mutex};
        works.wake.wait_for(lock, stop, InboxLook, [&] { return works.stoppedBy != nullptr; });
        if (works.stoppedBy) break;
    }
    stopAll.begin();
    working.clear();
    posting.request_stop();  // last, for what the others had to tell
    posting.join();
    if (works.stoppedBy) std::rethrow_exception(works.stoppedBy);
    works.writeReports();
    works.signAudit();
    works.log.write("station stopped");
}

}  // namespace zegel::station
