#include "station/app/station_works.h"

#include "drivers/base/counted.h"
#include "drivers/base/told.h"
#include "drivers/base/version.h"
#include "station/app/api_settings.h"
#include "station/app/api_spool.h"
#include "station/app/refused_files.h"
#include "station/app/start_checks.h"

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t KeysAhead = 32;  // one for each reader of a full bench

using CrlSources = std::vector<std::unique_ptr<CrlSource>>;

CrlSources crlSourcesOf(const config::AuthoritySettings& settings) {
    CrlSources sources;
    for (const auto& place : settings.crl)
        sources.push_back(std::make_unique<CrlSource>(place, settings.answerWithin));
    return sources;
}

std::vector<CrlWatch::Source> crlLooksOf(const CrlSources& sources) {
    std::vector<CrlWatch::Source> looks;
    for (const auto& source : sources)
        looks.push_back({source->place(), [&source = *source] { return source.fetch(); }});
    return looks;
}

LineSettings lineOf(const config::Settings& settings) {
    LineSettings line;
    line.numberPrefix = settings.station.issuerPrefix;
    line.tokenReaders = settings.readers.tokenReaders;
    line.ignoredReaders = settings.readers.ignoreReaders;
    line.transcripts = settings.station.transcripts.value_or(fs::path{});
    return line;
}

/// As `take` where the settings let files of its kind in; else each is refused by name.
Inbox::Handle taken(bool isOpen, Inbox::Handle take) {
    if (isOpen) return take;
    return [](const fs::path&) {
        throw Failure{Fault::RequestRefused,
                      "files of this kind are not taken here (inbox_takes in the settings); ask "
                      "over the API, in the name of a certificate: zegel … --as FILE"};
    };
}

}  // namespace

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
      soleUse((expectItsLedger(settings.station), settings.station.ledger)),
      ledger(settings.station.ledger, clock),
      attestationRoots(attestationRootsOf(settings.chips)),
      cardKeys(masterKey),
      keyPool(KeysAhead),
      groupKeys(ledger, wrapKey, recovery.get(), settings.station.escrow,
                [this](KeyAlgorithm algorithm) { return keyPool.take(algorithm); }),
      letters(ledger, profiles, *sealer, clock, settings.station.letters,
              [this](const std::string& said) { log.write(said); }),
      notes(ledger, profiles, *sealer, clock, settings.station.notes,
            [this](const std::string& said) { log.write(said); }),
      desk(ledger, profiles, letters, clock),
      dispatch(ledger, profiles, letters, notes, clock),
      revocationDesk(ledger),
      revoker(ledger, authority, profiles, clock,
              [this](const std::string& outcome) {
                  if (revocationNews.insert(outcome).second) log.write(outcome);
              }),
      crlSigners(caCertificatesOf(settings.authority)),
      crlSources(crlSourcesOf(settings.authority)),
      crlWatch(ledger, crlLooksOf(crlSources), crlSigners, clock,
               {settings.authority.crlLookEvery, settings.authority.crlWithin},
               [this](const std::string& news) { log.write(news); }),
      board([this](const ReaderStatus& status) {
          boardChanged = true;
          const bool routine = status.state == ReaderStatus::State::Working;
          if (routine && settings.station.verbosity != config::Verbosity::Everything) return;
          using enum ReaderStatus::State;
          const bool waits = status.state == Attention || status.state == Paused;
          log.write(status.reader.value() + ": " + std::string{nameOf(status.state)} + ", " +
                        status.message,
                    waits ? Log::Level::Warning : Log::Level::Info);
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
      takings({ledger, desk, revocationDesk, letters, dispatch, profiles, log,
               settings.station.reports, [this] { line.ring(); }, [this] { revocationsDue = true; },
               [this] { return readers(); }}),
      statusFiles({.write =
                       [this](const BatchId& batch) {
                           writeBatchStatus(ledger, batch, settings.station.name, clock.now(),
                                            settings.station.reports);
                       },
                   .isOpen = [this](const BatchId& batch) { return ledger.isOpen(batch); },
                   .now = [] { return std::chrono::steady_clock::now(); },
                   .worked = BatchStatusFiles::threadWork}),
      batches(
          settings.station.inbox / "batches",
          taken(settings.station.inboxTakes.batches,
                [this](const fs::path& file) { takings.batch(file); }),
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      receipts(
          settings.station.inbox / "receipts",
          taken(settings.station.inboxTakes.receipts,
                [this](const fs::path& file) { takings.receiptFile(file); }),
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      decisions(
          settings.station.inbox / "decisions",
          taken(settings.station.inboxTakes.decisions,
                [this](const fs::path& file) { takings.decisionFile(file); }),
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      readerDecisions(
          settings.station.inbox / "readers",
          taken(settings.station.inboxTakes.decisions,
                [this](const fs::path& file) { takings.readerDecisionFile(file); }),
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      doubts(settings.station.inbox / "doubts",
             taken(settings.station.inboxTakes.decisions,
                   [this](const fs::path& file) { takings.verdictFile(file); }),
             [this](const std::string& name, const std::string& reason) { refused(name, reason); }),
      backups(
          settings.station.inbox / "backups",
          [this](const fs::path& file) { takings.backupFile(file); },
          [this](const std::string& name, const std::string& reason) { refused(name, reason); }) {
    expectReleaseRules(profiles, settings.api.has_value());
    for (const auto* folder : {"receipts", "decisions", "readers", "doubts", "backups"}) {
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
    openLedger();
    ledger.audit("station", "station started", settings.station.name,
                 "version " + std::string{version()});
    signAudit();
    holdWhatIsOfferedNoMore();
    keyPool.expect(keysWanted(ledger.queuedByProfile(), profiles));
    letters.settleHalfDone();
    if (const auto said = clearSpoolOfBefore(settings.station.inbox); !said.empty())
        log.write(said);
    if (settings.api) {
        api = std::make_unique<ApiServer>(apiSettingsOf(*settings.api, settings.station),
                                          workplace());
        log.write("the API listens at " + api->url());
    }
    log.write("station '" + settings.station.name +
              "' is ready: " + std::to_string(profiles.size()) + " profiles, inbox " +
              settings.station.inbox.string());
}

/// Nobody would ever take such an order, and nobody would ever be told.
void Station::Works::holdWhatIsOfferedNoMore() {
    for (const auto& [profile, orders] : ledger.queuedByProfile()) {
        if (profiles.contains(profile)) continue;
        ledger.holdOrdersOf(profile, "the profile '" + profile +
                                         "' is no longer offered by this station: put it back and "
                                         "release the order, or cancel it" +
                                         lookUp(Fault::OrderUnusable));
        log.write(counted(orders, "order") + " put on hold: the profile '" + profile +
                      "' is no longer offered",
                  Log::Level::Warning);
    }
}

std::vector<OpenMatter> Station::Works::openMatters() const {
    auto matters = revoker.open();
    const auto listed = crlWatch.open();
    matters.insert(matters.end(), listed.begin(), listed.end());
    return matters;
}

Workplace Station::Works::workplace() {
    return {
        .ledger = ledger,
        .board = board,
        .clock = clock,
        .letters = letters,
        .dispatch = dispatch,
        .station = settings.station.name,
        .takeBatch = [this](const fs::path& file,
                            const std::string& client) { return takings.batch(file, client); },
        .decide = [this](const Decision& decision) { return takings.decision(decision); },
        .decideReader =
            [this](const ReaderDecision& decision) { return takings.decision(decision); },
        .settleDoubt = [this](const DoubtVerdict& verdict) { return takings.verdict(verdict); },
        .takeReceipt = [this](const Receipt& receipt,
                              const Person& bearer) { return takings.receipt(receipt, bearer); },
        .revoke = [this](const RevocationRequest& request,
                         const SecretBytes& code) { return takings.revocation(request, code); },
        .recordUnblocked =
            [this](const std::string& id, const ChipSerial& card, const Person& by,
                   const std::string& why) { return takings.unblocked(id, card, by, why); },
        .askApproval = [this](const ApprovalWish& wish) { return takings.asked(wish); },
        .answerApproval = [this](const ApprovalAnswer& answer) { return takings.answered(answer); },
        .approvalsLast = settings.api ? settings.api->approvalsLast : std::chrono::seconds{},
        .lettersToldWithin = std::chrono::days{settings.letters.keepSealedDays},
        .openMatters = [this] { return openMatters(); },
        .waitedFor = [this] { return whatIsWaitedFor(); },
        .refusedFiles = [this] { return refusedFiles(settings.station.inbox); },
        .wellbeing =
            [this] {
                const auto condition = authority.condition();
                return Wellbeing{condition.isWaitedFor, condition.reason};
            },
        .keysOfOurs =
            [this] {
                const auto given = keyPool.given();
                return KeysOfOurs{given.ready, given.ahead, given.onTheSpot};
            },
        .tell = [this](const std::string& said) { log.write(said); },
        .stopStation = [this](const Failure& failure) { remember(failure); }};
}

}  // namespace zegel::station
