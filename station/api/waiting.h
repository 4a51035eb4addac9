#pragma once

#include "station/ledger/approval_book.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace zegel::station {

/// What the station cannot do something without; it goes on by itself when it is back, and a person
/// may have to bring it back.
struct WaitedFor {
    std::string what;  ///< "authority", "order-system", "inbox"
    TimePoint since{};
    std::optional<TimePoint> nextTry;  ///< nothing: all the time
    std::string reason;

    friend bool operator==(const WaitedFor&, const WaitedFor&) = default;
};

/// A file in the inbox from which nothing was taken.
struct RefusedFile {
    std::string kind;  ///< "batch", "receipt"
    std::filesystem::path file;
    std::string reason;
};

Poco::JSON::Object viewOf(const WaitedFor& waited);
Poco::JSON::Object viewOf(const RefusedFile& file);

/// Whether a reader, as viewOf shows it, asks for a person: for attention, or paused for want of
/// something other than the CA, which is waited for as a whole.
bool asksForAPerson(const Poco::JSON::Object& reader);
Poco::JSON::Array readersWaiting(const Poco::JSON::Array& readers);  ///< those that do

/// What the station knows beside its ledger, as viewOf shows it.
struct KnownBeside {
    Poco::JSON::Array certificates;
    Poco::JSON::Array readers;
    Poco::JSON::Array files;
    Poco::JSON::Array waitedFor;
    std::chrono::seconds lettersToldWithin{};  ///< the print room says by then what became of one
    /// Whether one that waits for a second person is told of; all are where nothing is said.
    std::function<bool(const Approval&)> tellsOf;
};

/// For so long an order that was not taken stands among the exceptions.
inline constexpr std::chrono::days RejectedShownFor{7};

/// What waits for a person, at most `limit` of each kind that the ledger holds.
Poco::JSON::Object exceptionsShown(Ledger& ledger, TimePoint now, std::size_t limit,
                                   const KnownBeside& beside);

}  // namespace zegel::station
