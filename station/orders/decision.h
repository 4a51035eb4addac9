#pragma once

#include "drivers/base/ids.h"

#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// What a person decided about an order that is not being made just now, or about all of a batch
/// that are not.
struct Decision {
    enum class Act {
        Hold,     ///< of a queued one: it waits for a person
        Release,  ///< of a held one: it waits for a card again
        Cancel,   ///< of either: no card is made for it
        Reject    ///< of either: none is made, and its applicant is written to and told why; of no
                  ///< batch, for no reason is that of all its applicants
    };

    std::string id;  ///< a reference of who sent it; one decision has one
    OrderId order;   ///< empty where a batch is named
    Act act{};
    std::string by;   ///< who decided
    std::string why;  ///< kept in the audit chain
    std::optional<BatchId> batch{};
};

std::string_view nameOf(Decision::Act act) noexcept;  // "hold", "release", "cancel", "reject"

/// Reads one decision (JSON, station/orders/decision.schema.json): every field, no other.
/// `source` stands in messages: the file's name.
/// Errors: OrderUnusable naming line, field and what to do, everything at once.
Decision readDecision(std::istream& in, const std::string& source);
Decision readDecisionFile(const std::string& path);

}  // namespace zegel::station
