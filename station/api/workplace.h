#pragma once

#include "station/api/waiting.h"
#include "station/desk/dispatch_desk.h"
#include "station/desk/revocation_desk.h"
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

/// The RSA keys that the station makes itself: see station/journey/key_pool.h.
struct KeysOfOurs {
    std::size_t ready = 0;
    std::size_t givenAhead = 0;
    std::size_t givenOnTheSpot = 0;
};

/// What became of a revocation code.
struct RevocationTaken {
    CodeVerdict verdict;
    std::string outcome;  ///< in words, when it was right
};

/// The station as the API sees it, wired by station/app. The verbs are the same ones that the
/// watched folders use: there is no second way of doing things.
struct Workplace {
    Ledger& ledger;
    const StatusBoard& board;
    const Clock& clock;
    LetterDesk& letters;
    DispatchDesk& dispatch;
    std::string station;  ///< its name

    /// Durable when it returns; `client` sent it. Errors: OrderUnusable for the batch as a whole;
    /// RequestRefused when its id is another's.
    std::function<BatchTaken(const std::filesystem::path& file, const std::string& client)>
        takeBatch;
    /// In words what a decision came to. Errors: RequestRefused.
    std::function<std::string(const Decision&)> decide;
    std::function<std::string(const ReaderDecision&)> decideReader;
    std::function<std::string(const DoubtVerdict&)> settleDoubt;
    std::function<ReceiptEntry(const Receipt&, const Person& bearer)> takeReceipt;
    /// Errors: OrderUnusable for what is no number or no code; RequestRefused.
    std::function<RevocationTaken(const RevocationRequest&, const SecretBytes& code)> revoke;
    /// In words what it came to. Errors: RequestRefused.
    std::function<std::string(const std::string& id, const ChipSerial&, const Person&,
                              const std::string& why)>
        recordUnblocked;
    /// Errors: RequestRefused.
    std::function<Approval(const ApprovalWish&)> askApproval;
    /// What was granted is done when it returns. Errors: RequestRefused.
    std::function<Approval(const ApprovalAnswer&)> answerApproval;
    std::chrono::seconds approvalsLast{};   ///< how long a second person has
    std::chrono::days lettersToldWithin{};  ///< that they were posted, since they were printed
    std::function<std::vector<OpenMatter>()> openMatters;
    std::function<std::vector<WaitedFor>()> waitedFor;
    std::function<std::vector<RefusedFile>()> refusedFiles;  ///< the newest first
    std::function<Wellbeing()> wellbeing;
    std::function<KeysOfOurs()> keysOfOurs;
    std::function<void(const std::string& line)> tell;
    /// What no request can mend: the station stops in good order.
    std::function<void(const Failure&)> stopStation;
};

}  // namespace zegel::station
