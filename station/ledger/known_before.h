#pragma once

#include "station/orders/order.h"

#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

namespace zegel::station {

/// What a ledger says about a batch that is not sent yet.
struct KnownBefore {
    enum class Content { New, Same, Other };
    Content batch = Content::New;                       ///< as one of this id that was accepted
    std::vector<std::pair<OrderId, BatchId>> orders{};  ///< accepted before, and in which batch
};

/// Asks a ledger without writing to it, also while a station works on it. One that is not there, or
/// is being made, knows nothing. `digest` as for
/// Ledger::accept. Errors: LedgerUnwritable when it cannot be read.
KnownBefore knownBefore(const std::filesystem::path& ledger, const Batch& batch,
                        std::string_view digest);

}  // namespace zegel::station
