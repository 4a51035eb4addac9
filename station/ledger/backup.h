#pragma once

#include "drivers/base/ids.h"
#include "station/orders/certificate_number.h"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What the audit says of a ledger that came back.
inline constexpr std::string_view LedgerRestored = "ledger restored";

/// Copies a ledger, as it stands at one instant, into a file of its own: beside a station that goes
/// on writing it, without holding it up. The copy is whole, checked by SQLite, for its owner only,
/// and survives power loss when this returns. `copy` is written over.
/// Errors: SettingUnusable when there is no ledger, LedgerUnwritable when it cannot be read or
/// copied.
void copyLedger(const std::filesystem::path& ledger, const std::filesystem::path& copy);

/// A ledger that nobody uses becomes one file, without others beside it. Errors: LedgerUnwritable.
void makeOneFile(const std::filesystem::path& ledger);

/// What a person found out about the time between a backup and its loss. A backup cannot know it,
/// and a card made twice cannot be taken back.
struct Restoration {
    std::string by;
    std::string why;
    /// The highest number on any card; none when nothing was made after the backup.
    std::optional<CountedNumber> lastNumber;
    /// Orders for which a card was, or may have been, made since. None: nobody knows which.
    std::optional<std::set<OrderId>> made;
};

struct Continuation {
    std::vector<std::string> recovered;  ///< what became of cards that were being made, for people
    std::size_t held = 0;                ///< orders
};

}  // namespace zegel::station
