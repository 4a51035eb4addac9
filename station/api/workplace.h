#pragma once

#include "station/desk/revoker.h"
#include "station/ledger/ledger.h"
#include "station/line/reader_status.h"
#include "station/orders/receipt.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace zegel::station {

/// What became of a batch.
struct BatchTaken {
    BatchId batch;
    bool knownAlready = false;
    std::size_t orders = 0;
    std::size_t refused = 0;
};

/// What the station is doing, for who watches over it.
struct Wellbeing {
    bool isAuthorityWaitedFor = false;
    std::string said;  ///< why it is waited for
};

/// The station as the API sees it, wired by station/app. The verbs are the same ones that the
/// watched folders use: there is no second way of doing things.
struct Workplace {
    Ledger& ledger;
    const StatusBoard& board;
    const Clock& clock;
    std::string station;  ///< its name

    /// Durable when it returns; `client` sent it. Errors: OrderUnusable for the batch as a whole;
    /// RequestRefused when its id is another's.
    std::function<BatchTaken(const std::filesystem::path& file, const std::string& client)>
        takeBatch;
    /// In words what a decision came to. Errors: RequestRefused.
    std::function<std::string(const Decision&)> decide;
    std::function<std::string(const ReaderDecision&)> decideReader;
    std::function<std::string(const DoubtVerdict&)> settleDoubt;
    std::function<ReceiptEntry(const Receipt&)> takeReceipt;
    std::function<std::vector<OpenMatter>()> openMatters;
    std::function<Wellbeing()> wellbeing;
    std::function<void(const std::string& line)> tell;
    /// What no request can mend: the station stops in good order.
    std::function<void(const Failure&)> stopStation;
};

}  // namespace zegel::station
