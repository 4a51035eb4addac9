#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/failure.h"
#include "station/ledger/connection.h"
#include "station/ledger/entries.h"
#include "station/ledger/event.h"

#include <Poco/Exception.h>

#include <concepts>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zegel::station {

/// The one connection that writes the ledger's file, and those that look at it beside. Known to
/// station/ledger only.
struct Store : Connection {
    /// Who only looks cannot write, and finds the schema of today or is refused.
    Store(const std::filesystem::path& file, const Clock& theClock, bool onlyLooks = false);

    /// Runs `work` alone and whole: committed when this returns, undone when it throws. Works of
    /// several threads that wait at the same time are committed together, with one flush of the
    /// disk. `work` may be run again after it was undone, and not always by the calling thread.
    template <std::invocable Work>
    auto whole(Work&& work) {
        using Result = std::invoke_result_t<Work>;
        if constexpr (std::is_void_v<Result>) {
            perform(std::ref(work));
        } else {
            std::optional<Result> result;
            perform([&] { result.emplace(std::invoke(work)); });
            return *std::move(result);
        }
    }

    /// Lets `look` see what is committed, all of it as it is at one moment, beside the writer and
    /// without waiting for him. Within another look of the same thread: of that one's moment.
    template <std::invocable<Connection&> Look>
    auto reading(Look&& look) {
        using Result = std::invoke_result_t<Look, Connection&>;
        if constexpr (std::is_void_v<Result>) {
            lookBeside(std::ref(look));
        } else {
            std::optional<Result> result;
            lookBeside([&](Connection& beside) { result.emplace(std::invoke(look, beside)); });
            return *std::move(result);
        }
    }

    std::int64_t now() const;
    std::int64_t lastRow();
    void appendAudit(std::string_view who, std::string_view act, std::string_view subject,
                     std::string_view why);

    /// Keeps an event for the order system; its time and its sequence number are given here.
    void tell(const EventEntry& event);

    /// Whether this very decision was taken before; else it is noted now. Within a transaction.
    /// Errors: RequestRefused when its id was another decision's.
    bool decidedBefore(const std::string& id, std::initializer_list<std::string_view> content);

    /// Something is erased that nobody may find again: within a transaction. When it is committed
    /// the journal is emptied too, or after a later one while somebody still reads in it.
    void forget() { toForget_ = true; }

    /// Works that wait for the one under way.
    std::size_t turnsWaiting();

    void moveOrder(const OrderId& id, OrderState to, std::string_view reason);
    void moveCard(const ChipSerial& serial, CardState to, std::string_view reason,
                  Replacement replacement = Replacement::NotWanted);
    void moveLetter(const LetterId& id, LetterState to, std::string_view evidence);
    /// `reason`: of the event; else the one that it was revoked for, if any.
    void moveCertificate(CertificateRow row, CertificateState to, std::string_view reason = {});

    const Clock& clock;
    std::set<std::string> changedBatches;

private:
    class Look;
    struct Turn;
    void perform(const std::function<void()>& work);
    void commitTogether(const std::vector<Turn*>& turns);
    void commitAlone(Turn& turn);
    void emptyJournal() noexcept;
    std::unique_ptr<Connection> idleOrNew();
    void lookBeside(const std::function<void(Connection&)>& look);
    std::string broken(const std::string& verb, const Poco::Exception& why) const;
    void migrate();
    void expectOfToday();

    std::filesystem::path file_;
    bool onlyLooks_;
    std::mutex mutex_;
    std::condition_variable turnEnded_;
    std::vector<Turn*> waiting_;
    bool leading_ = false;
    bool toForget_ = true;  ///< a stop may have come between a commit and its forgetting
    std::mutex besideMutex_;
    std::vector<std::unique_ptr<Connection>> beside_;  ///< nobody looks through them now
};

/// The digest that an entry must carry behind `previous`.
std::string auditDigest(std::string_view previous, const AuditEntry& entry);

/// Rows of the query that begins with `BatchColumns`; `row` is the batch's place among all.
extern const char* const BatchColumns;
BatchEntry batchAt(Poco::Data::RecordSet& rows);

/// Rows of the table of orders that were not taken.
RefusedOrder refusedAt(Poco::Data::RecordSet& rows);

/// Rows of the audit trail.
AuditEntry auditAt(Poco::Data::RecordSet& rows);

/// Rows of the table of certificates.
CertificateEntry certificateAt(Poco::Data::RecordSet& rows);

/// Rows of the table of cards.
CardEntry cardAt(Poco::Data::RecordSet& rows);

/// Rows of the query that begins with `OrderColumns`.
extern const char* const OrderColumns;
OrderEntry orderAt(Poco::Data::RecordSet& rows);

}  // namespace zegel::station
