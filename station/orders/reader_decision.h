#pragma once

#include "drivers/base/ids.h"

#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// What a person decided about a reader.
struct ReaderDecision {
    enum class Act {
        Bind,   ///< it makes cards of one batch only
        Free,   ///< it makes cards of any batch again
        Resume  ///< it was set aside and works again
    };

    std::string id;  ///< a reference of who sent it; one decision has one
    ReaderName reader;
    Act act{};
    std::optional<BatchId> batch;  ///< of Bind, and only of it
    std::string by;                ///< who decided
    std::string why;               ///< kept in the audit chain
};

std::string_view nameOf(ReaderDecision::Act act) noexcept;  // "bind", "free", "resume"

/// Reads one decision (JSON, station/orders/reader_decision.schema.json). `source` stands in
/// messages: the file's name.
/// Errors: OrderUnusable naming line, field and what to do, everything at once.
ReaderDecision readReaderDecision(std::istream& in, const std::string& source);
ReaderDecision readReaderDecisionFile(const std::string& path);

}  // namespace zegel::station
