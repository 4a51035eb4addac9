#pragma once

#include "drivers/base/clock.h"

#include <cstdint>
#include <optional>
#include <string>

namespace zegel::station {

/// One change of state, written in the same transaction as the change itself. What does not apply
/// is empty. Never a code, a key or a sealed record.
struct EventEntry {
    std::int64_t sequence = 0;  ///< of this ledger, ascending, never used again
    TimePoint at{};
    /// "batch", "order", "card", "letter", "certificate", "receipt", "loan", "pin", "ledger"
    std::string kind{};
    std::string subject{};  ///< its id: batch, order, chip serial, letter, row of the certificate
    std::string batch{};
    std::string order{};   ///< whose order; empty for a batch, and for a card of no order
    std::string before{};  ///< a state's name (states.h); empty when it begins here
    /// A state's name; "accepted" for a batch, "refused" for an order that was not taken,
    /// "restored" for a ledger that came back from a backup.
    std::string after{};
    std::string reason{};
    std::string chip{};
    std::string number{};                  ///< certificate number of the order's present try
    std::string name{};                    ///< certificate name
    std::string purpose{};                 ///< of a certificate
    std::string serial{};                  ///< of a certificate, hexadecimal, once it came back
    std::optional<std::size_t> orders{};   ///< of a batch: taken, and queued from here on
    std::optional<std::size_t> refused{};  ///< of a batch: not taken, one event each
    bool replacement = false;              ///< of a card that ended: its order wants another one
};

/// Whether the order of a card that ended wants another one.
enum class Replacement { NotWanted, Wanted };

/// What the order system has not taken yet.
struct EventBacklog {
    std::size_t count = 0;
    TimePoint oldest{};  ///< when the first of them happened

    friend bool operator==(const EventBacklog&, const EventBacklog&) = default;
};

}  // namespace zegel::station
