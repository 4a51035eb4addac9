#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/clock.h"
#include "drivers/base/failure.h"
#include "station/ledger/entries.h"
#include "station/ledger/event.h"

#include <Poco/Data/LOB.h>
#include <Poco/Data/RecordSet.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <Poco/Exception.h>

#include <concepts>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace zegel::station {

/// The one connection to the ledger's file, and the words every verb is made of. Known to
/// station/ledger only.
struct Store {
    Store(const std::filesystem::path& file, const Clock& theClock);

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

    /// `?` stands for each argument in turn. Gives the number of rows touched.
    template <typename... Arguments>
    std::size_t execute(const std::string& sql, const Arguments&... arguments) {
        Poco::Data::Statement statement{session};
        statement << sql;
        (static_cast<void>((statement, Poco::Data::Keywords::bind(plain(arguments)))), ...);
        return statement.execute();
    }

    template <typename... Arguments>
    Poco::Data::RecordSet select(const std::string& sql, const Arguments&... arguments) {
        Poco::Data::Statement statement{session};
        statement << sql;
        (static_cast<void>((statement, Poco::Data::Keywords::bind(plain(arguments)))), ...);
        statement.execute();
        return Poco::Data::RecordSet{statement};
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

    /// Works that wait for the one under way.
    std::size_t turnsWaiting();

    void moveOrder(const OrderId& id, OrderState to, std::string_view reason);
    void moveCard(const ChipSerial& serial, CardState to, std::string_view reason);
    void moveLetter(const LetterId& id, LetterState to, std::string_view evidence);
    void moveCertificate(CertificateRow row, CertificateState to);

    Poco::Data::Session session;
    const Clock& clock;
    std::set<std::string> changedBatches;

private:
    static std::string plain(std::string_view text) { return std::string{text}; }
    static std::string plain(const std::string& text) { return text; }
    static std::string plain(const char* text) { return text; }
    static Poco::Data::BLOB plain(ByteView bytes) { return {bytes.data(), bytes.size()}; }
    static Poco::Data::BLOB plain(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }
    static Poco::Int64 plain(std::integral auto number) { return static_cast<Poco::Int64>(number); }

    struct Turn;
    void perform(const std::function<void()>& work);
    void commitTogether(const std::vector<Turn*>& turns);
    void commitAlone(Turn& turn);
    void undo() noexcept;
    std::string unwritable(const Poco::Exception& broken) const;
    void migrate();

    std::filesystem::path file_;
    std::mutex mutex_;
    std::condition_variable turnEnded_;
    std::vector<Turn*> waiting_;
    bool leading_ = false;
};

/// One statement for many rows of a verb: compiled once, which is most of what a row costs.
template <typename... Values>
class Repeated {
public:
    Repeated(Store& store, const std::string& sql) : statement_(store.session) {
        statement_ << sql;
        std::apply(
            [&](auto&... each) {
                (static_cast<void>((statement_, Poco::Data::Keywords::use(each))), ...);
            },
            values_);
    }
    ~Repeated() = default;
    Repeated(const Repeated&) = delete;
    Repeated& operator=(const Repeated&) = delete;

    /// Gives the number of rows touched.
    std::size_t operator()(Values... values) {
        values_ = {std::move(values)...};
        return statement_.execute();
    }

private:
    Poco::Data::Statement statement_;
    std::tuple<Values...> values_;
};

std::string textAt(Poco::Data::RecordSet& rows, std::string_view column);
std::int64_t numberAt(Poco::Data::RecordSet& rows, std::string_view column);
Bytes bytesAt(Poco::Data::RecordSet& rows, std::string_view column);
TimePoint timeAt(Poco::Data::RecordSet& rows, std::string_view column);

/// The digest that an entry must carry behind `previous`.
std::string auditDigest(std::string_view previous, const AuditEntry& entry);

/// Rows of the query that begins with `BatchColumns`; `row` is the batch's place among all.
extern const char* const BatchColumns;
BatchEntry batchAt(Poco::Data::RecordSet& rows);

/// Rows of the table of cards.
CardEntry cardAt(Poco::Data::RecordSet& rows);

/// Rows of the query that begins with `OrderColumns`.
extern const char* const OrderColumns;
OrderEntry orderAt(Poco::Data::RecordSet& rows);

}  // namespace zegel::station
