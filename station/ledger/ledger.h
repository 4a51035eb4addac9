#pragma once

#include "station/ledger/backup.h"
#include "station/ledger/entries.h"
#include "station/ledger/event.h"
#include "station/orders/decision.h"
#include "station/orders/doubt_verdict.h"
#include "station/orders/reader_decision.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

struct Store;
class ApprovalBook;
class RevocationBook;
class DispatchBook;
class LetterBook;
struct NoteText;

/// The durable truth of the station: what was asked, which chip carries it, which certificates
/// exist, whose letter is held. SQLite in WAL mode with synchronous=FULL: what a verb returned
/// from survives power loss. Every verb is one transaction; verbs that announce an act that cannot
/// be taken back are called before it. Safe for several threads.
///
/// Errors of every verb: LedgerUnwritable (disk full, file gone, locked by another station);
/// Defect for a transition that states.cpp does not know.
class Ledger {
public:
    /// An older ledger is brought up to date, which nobody may do beside a station that runs:
    /// `AsItIs` for all others. Errors: LedgerUnwritable, also when `AsItIs` is not of today.
    enum class Schema { BroughtUpToDate, AsItIs };
    Ledger(const std::filesystem::path& file, const Clock& clock,
           Schema schema = Schema::BroughtUpToDate);
    ~Ledger();
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    /// Whether it, or one after it, was given to a card, as far as this ledger knows.
    bool gaveOut(const CountedNumber& number);
    /// On a ledger brought back from a backup: recovers it; numbers and events go on above those
    /// that may have been given out since; the orders that may have been made since are held; the
    /// order system is told before anything else. Kept in the audit chain.
    /// Errors: RequestRefused when an order said to be made is not known, and nothing is changed.
    Continuation continueFromBackup(const Restoration& restoration);

    // --- orders come in ---------------------------------------------------------------------
    enum class Acceptance { Accepted, KnownAlready };
    /// Takes a batch durably. `digest` is over the file's octets: the same id with another digest
    /// is refused. Orders whose id another batch holds already are kept as refused. `client`: who
    /// sent it over the API, for the audit; empty when it lay in the watched folder.
    /// Errors: RequestRefused for a known batch id with other content.
    Acceptance accept(const Batch& batch, std::string_view digest, std::string_view client = {});

    // --- a chip and its order ---------------------------------------------------------------
    /// `only`: of this batch.
    bool anyQueued(std::span<const std::string> profiles,
                   const std::optional<BatchId>& only = std::nullopt);
    std::optional<CardEntry> card(const ChipSerial& serial);
    /// Binds the first queued order of one of these profiles to the chip. The chip must be unknown
    /// or blank in the ledger. Nothing when no order suits. `prefix` begins the certificate number:
    /// that of the order's last try, when it is certain that no certificate came of it; else a new
    /// one.
    std::optional<Claim> claim(const ChipName& chip, std::span<const std::string> profiles,
                               std::string_view prefix,
                               const std::optional<BatchId>& only = std::nullopt);
    /// The chip is blank again after a reset, under the name it says now. How often it failed goes
    /// with it when that is another one; the old name stays, for no chip answers to it any more.
    void recordReset(const ChipSerial& chip, const ChipName& now);

    // --- the walk: intent before, done after --------------------------------------------------
    void intendKeys(const Claim& claim);
    /// `transaction` and `request` as they will be sent. The row is `Asked` from here on.
    CertificateRow intendCertificate(const Claim& claim, Purpose purpose, ByteView transaction,
                                     ByteView request);
    void recordIssued(CertificateRow row, const CertificateReceived& received);
    void recordNotIssued(CertificateRow row);
    void intendGuard(const Claim& claim);  ///< the card is `Personalised` from here on
    void holdLetter(const Claim& claim, ByteView sealedCodes, std::string_view revocationHash);
    /// The card is proved and the order produced; the CA has the card's word for each of its
    /// certificates. `proof` is the record of what was tried.
    void finish(const Claim& claim, std::string_view proof);
    /// The record of what was tried on the card of a produced order; nothing for another.
    std::optional<std::string> proof(const OrderId& order);
    Milestone milestone(const Claim& claim);

    // --- when it went wrong -------------------------------------------------------------------
    /// Nothing irreversible was done: the chip is blank, the order goes to `next`.
    void unclaim(const Claim& claim, OrderState next, std::string_view reason);
    /// The chip must not be issued: its certificates are to be revoked, its letter is destroyed,
    /// the order goes to `next`. `cardsFault` counts towards setting the chip aside for good.
    void spoil(const Claim& claim, OrderState next, std::string_view reason, bool cardsFault);
    enum class Settlement { Done, DoneBefore };
    /// A person holds, releases, cancels or rejects an order. The same decision again, by its id,
    /// changes nothing. Errors: RequestRefused when the order is unknown or in another state than
    /// the act is for, or the id was another decision's.
    Settlement decide(const Decision& decision);
    /// The same for all of the batch that the decision names, in one transaction: however the
    /// station ends, it is done to all or to none. Those that are queued are held or cancelled, and
    /// those on hold cancelled; released are those that such a decision held, and no other. One
    /// that is being made is held or cancelled should its card fail. Errors: RequestRefused when
    /// the batch is unknown, the act is for no order of it, or the id was another decision's.
    struct BatchDecided {
        Settlement settlement{};
        std::size_t orders = 0;     ///< to which it was done
        std::size_t beingMade = 0;  ///< to which it is done should their cards fail
        std::size_t kept = 0;       ///< on hold for reasons of their own, which no release ends
    };
    BatchDecided decideForBatch(const Decision& decision);
    /// As for one order, with notices of it to its applicant: asked for once it is sure that the
    /// decision holds. What they throw, it throws, and nothing is decided.
    Settlement decide(const Decision& decision,
                      const std::function<std::vector<NoteText>()>& notices);
    /// Every order that was in production when the station stopped gets its right ending. Gives
    /// what was done, a line each. What was not signed then is recorded first.
    std::vector<std::string> recover();
    /// Those of walks that are over; the walks under way settle theirs themselves.
    std::vector<CertificateInDoubt> certificatesInDoubt();
    /// What a person found out at the CA about one of them: it was never issued, or it was and is
    /// to be revoked, by the certificate itself or by its serial. Kept in the audit chain; the same
    /// verdict again changes nothing, another one corrects it for as long as the certificate itself
    /// is not known. Errors: RequestRefused when it is not in doubt, the certificate holds another
    /// key, the serial is another certificate's, or the id was another verdict's.
    void settleDoubt(const DoubtVerdict& verdict);
    /// A walk that the CA brought to nothing, before `spoil`: gives how many tries of this order
    /// reached it in vain since a person last released the order.
    int countUnanswered(const Claim& claim);
    /// The CA had issued it, and the card it was for is not made: it is to be revoked, whatever a
    /// person found meanwhile.
    void recordIssuedInVain(CertificateRow row, const CertificateReceived& received);
    std::vector<CertificateEntry> revocationsWanted();
    /// The CA revoked the certificate of that serial. False, and nothing is recorded, when the row
    /// became another certificate's meanwhile, by a person's word or by the CA's.
    bool recordRevoked(CertificateRow row, std::string_view serial);

    // --- cards that are revoked, and what takes two persons --------------------------------------
    /// revocation_book.h
    RevocationBook revocations();
    /// approval_book.h
    ApprovalBook approvals();

    // --- readers ---------------------------------------------------------------------------------
    ReaderRule readerRule(const ReaderName& reader);
    /// No card is taken there until a person resumes it.
    void setReaderAside(const ReaderName& reader, std::string_view reason);
    /// A person binds a reader to a batch, frees it, or resumes it; as the other `decide`.
    /// `present`: the readers that there are. Errors: RequestRefused when the reader is none of
    /// them and nothing was ruled about it before, the batch is unknown, or the id was another
    /// decision's.
    Settlement decide(const ReaderDecision& decision, const std::set<ReaderName>& present);

    // --- keys that several cards of a group share ----------------------------------------------
    /// Wrapped under a key of the token; nothing when the group has none yet.
    std::optional<Bytes> groupKey(std::string_view group, std::string_view profile);
    /// Keeps the first only; gives the one that is kept.
    Bytes keepGroupKey(std::string_view group, std::string_view profile, ByteView wrapped,
                       ByteView escrow);
    /// Forgets the wrapped keys of groups without open orders. Their escrow copies stay.
    void forgetFinishedGroupKeys();

    // --- receipts and letters -----------------------------------------------------------------
    std::optional<OrderEntry> orderByNumber(const CertificateNumber& number);
    std::optional<OrderEntry> orderByCertificateSerial(std::string_view serial);
    std::optional<OrderEntry> orderByChip(const ChipSerial& chip);
    std::optional<ReceiptEntry> receipt(std::string_view id);
    void recordReceipt(const ReceiptEntry& receipt);
    /// A matched receipt: recorded, the order received, the letter released if it was held, in one
    /// transaction.
    void releaseByReceipt(const ReceiptEntry& receipt, const LetterId& letter);
    Bytes sealedCodes(const LetterId& letter);
    /// What becomes of letters from then on (letter_book.h).
    LetterBook letters();
    /// Cards on their way, what is lent, the papers that go along (dispatch_book.h).
    DispatchBook dispatches();

    // --- events, for the order system ---------------------------------------------------------
    /// Those with a sequence number above `after`, ascending, at most `limit`. What it gives is
    /// durable, and no event is ever added below one that was given.
    std::vector<EventEntry> events(std::int64_t after, std::size_t limit);
    /// The newest one's sequence number; 0 when nothing happened yet.
    std::int64_t lastEvent();
    /// The same, of those that the order system has not taken yet.
    std::vector<EventEntry> undeliveredEvents(std::int64_t after, std::size_t limit);
    void recordDelivered(std::span<const std::int64_t> sequences);
    EventBacklog eventBacklog();
    /// What tells this ledger's events from any other's: drawn at random when it was made.
    std::string instance();

    // --- looking: beside the line's writes, without waiting for them ---------------------------
    /// All that `look` asks of the ledger in this thread is of one moment, whatever the line writes
    /// meanwhile. Only to look: what it changed it would not see.
    void atOneMoment(const std::function<void()>& look);
    std::vector<BatchEntry> batches();
    std::optional<BatchEntry> batch(const BatchId& id);
    std::vector<OrderEntry> orders(const BatchId& batch);
    std::optional<OrderEntry> order(const OrderId& id);
    std::vector<RefusedOrder> refused(const BatchId& batch);
    std::vector<CertificateEntry> certificates(const OrderId& order);
    std::vector<CardEntry> cards();
    std::vector<AuditEntry> auditTrail();
    /// The sequence number of the first record that does not fit the chain; nothing when whole.
    std::optional<std::int64_t> firstBrokenAudit();
    /// The newest record when no signed head covers it yet.
    std::optional<AuditEntry> unsignedAudit();
    void recordAuditHead(const AuditHead& head);
    std::vector<AuditHead> auditHeads();  ///< oldest first
    /// Whether a record tells of such an act.
    bool tellsOf(std::string_view act);
    void audit(std::string_view who, std::string_view act, std::string_view subject,
               std::string_view why);
    // --- looking, a page at a time ------------------------------------------------------------
    BatchPage batchesAfter(std::int64_t after, std::size_t limit);
    /// How many orders of the batch are in each state; those that were not taken are not counted.
    std::map<OrderState, std::size_t> orderCounts(const BatchId& batch);
    /// Whether an order of the batch waits for a card, or is being made.
    bool isOpen(const BatchId& batch);
    /// By their place in the batch, those behind `position`.
    std::vector<OrderEntry> ordersAfter(const BatchId& batch, std::size_t position,
                                        std::size_t limit);
    std::vector<RefusedOrder> refusedAfter(const BatchId& batch, std::size_t position,
                                           std::size_t limit);
    /// An order that was not taken, and the batch it stood in: the first one of that id.
    std::optional<std::pair<BatchEntry, RefusedOrder>> refusedOrder(const OrderId& id);
    std::vector<OrderEntry> ordersIn(OrderState state, std::size_t limit);
    /// By their serials, those behind `serial`.
    std::vector<CardEntry> cardsAfter(std::string_view serial, std::size_t limit);
    std::vector<CardEntry> cardsIn(CardState state, std::size_t limit);
    std::vector<AuditEntry> auditAfter(std::int64_t sequence, std::size_t limit);
    /// All that wait for a card with this profile.
    void holdOrdersOf(std::string_view profile, std::string_view reason);
    /// How many orders of each profile wait for a card.
    std::map<std::string, std::size_t> queuedByProfile();
    /// How many orders, cards, letters and certificates are in each state.
    StateCounts stateCounts();

    /// Batches that changed since the last call, or since the ledger was opened.
    std::vector<BatchId> takeChangedBatches();

private:
    std::vector<std::string> endWalks();

    std::unique_ptr<Store> store_;
};

}  // namespace zegel::station
