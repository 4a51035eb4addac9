#pragma once

#include "station/api/server.h"
#include "station/app/batch_status_files.h"
#include "station/app/event_post.h"
#include "station/app/house_keys.h"
#include "station/app/inbox.h"
#include "station/app/log.h"
#include "station/app/sole_use.h"
#include "station/app/station.h"
#include "station/app/status_files.h"
#include "station/app/takings.h"
#include "station/authority/crl_source.h"
#include "station/authority/patient_authority.h"
#include "station/desk/crl_watch.h"
#include "station/desk/dispatch_desk.h"
#include "station/desk/receipt_desk.h"
#include "station/desk/revoker.h"
#include "station/journey/card_keys.h"
#include "station/journey/key_pool.h"
#include "station/line/line.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>

namespace zegel::station {

/// Every part of a station, in the order in which they need each other.
struct Station::Works {
    explicit Works(const config::Settings& theSettings);

    Workplace workplace();
    void refused(const std::string& name, const std::string& reason);
    void holdWhatIsOfferedNoMore();
    void look();
    /// Those that there are; nothing before each PC/SC service was asked once.
    std::optional<std::set<ReaderName>> readers() const;
    void writeReports();
    void writeLastReports();
    void writeStationReport();
    void openLedger();
    void signAudit();
    void signLastRecord();
    void tellKeptHead();
    void layOutLetters();
    void tickDesk();
    void revoke(const std::stop_token& stop);
    void remember(const Failure& failure);
    void serveReaders(const config::ReaderService& service, const std::stop_token& ending);
    void keepRevoking(const std::stop_token& ending);
    void keepWatchingCrl(const std::stop_token& ending);
    std::vector<OpenMatter> openMatters() const;
    std::vector<WaitedFor> whatIsWaitedFor();
    void lookIntoInbox();
    void expectIssuerNamed(const std::stop_token& ending);
    template <typename Work>
    void orStop(Work&& work);

    config::Settings settings;
    SystemClock clock;
    TimePoint startedAt = clock.now();
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
    KeyPool keyPool;
    GroupKeys groupKeys;
    LetterDesk letters;
    NoteDesk notes;
    ReceiptDesk desk;
    DispatchDesk dispatch;
    RevocationDesk revocationDesk;
    std::set<std::string> revocationNews;  ///< said already, of the revoking thread only
    Revoker revoker;
    std::vector<openssl::CertificatePtr> crlSigners;
    std::vector<std::unique_ptr<CrlSource>> crlSources;
    CrlWatch crlWatch;
    std::atomic<bool> boardChanged{true};
    std::atomic<bool> revocationsDue{true};
    std::atomic<bool> orderReturned{false};
    StatusBoard board;
    Line line;
    Takings takings;
    BatchStatusFiles statusFiles;  ///< of the looking thread only
    Inbox batches;
    Inbox receipts;
    Inbox decisions;
    Inbox readerDecisions;
    Inbox doubts;
    Inbox backups;
    std::unique_ptr<EventPost> events;  ///< none: the settings name no order system
    std::mutex mutex;
    std::condition_variable_any wake;
    std::exception_ptr stoppedBy;
    std::chrono::steady_clock::time_point nextRevocation;
    std::chrono::steady_clock::time_point nextAuditHead;
    bool isHeadTold = false;  ///< the audit says that one stands beside the ledger
    std::chrono::steady_clock::time_point nextLayOut;
    std::chrono::steady_clock::time_point nextTick;
    std::optional<WaitedFor> inboxAway;  ///< while it cannot be looked into; under `mutex`
    StationStatus toldStatus;            ///< of the looking thread only
    std::unique_ptr<ApiServer> api;      ///< the last: its clients use all of the above
};

}  // namespace zegel::station
