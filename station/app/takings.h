#pragma once

#include "cardprofiles/profile_file.h"
#include "station/api/workplace.h"
#include "station/app/log.h"
#include "station/desk/dispatch_desk.h"
#include "station/desk/letter_desk.h"
#include "station/desk/receipt_desk.h"
#include "station/desk/revocation_desk.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>

namespace zegel::station {

/// What others ask of the station, by a file in its inbox or through its API: the same verbs for
/// both. Safe for several threads.
/// Errors of every verb: OrderUnusable and RequestRefused for what the sender did; LedgerUnwritable
/// and Defect, which stop the station.
class Takings {
public:
    using File = std::filesystem::path;

    struct Rooms {
        Ledger& ledger;
        ReceiptDesk& desk;
        RevocationDesk& revocations;
        LetterDesk& letters;
        DispatchDesk& dispatch;
        const cardprofiles::Profiles& profiles;
        Log& log;
        std::filesystem::path reports;
        std::function<void()> ordersWait;      ///< readers with a card look again
        std::function<void()> revocationsDue;  ///< so does the revoker
        /// Those that there are; nothing before anybody has looked.
        std::function<std::optional<std::set<ReaderName>>()> readers;
    };

    explicit Takings(Rooms rooms) : rooms_(std::move(rooms)) {}

    /// `client` sent it over the API; empty: it lay in the inbox.
    BatchTaken batch(const File& file, const std::string& client = {});
    /// `bearer`: the same, of a receipt.
    ReceiptEntry receipt(const Receipt& receipt, const std::optional<Person>& bearer = {});
    /// In words what it came to.
    std::string decision(const Decision& decision);  ///< of an order, or of a batch
    std::string decision(const ReaderDecision& decision);
    std::string verdict(const DoubtVerdict& verdict);
    RevocationTaken revocation(const RevocationRequest& request, const SecretBytes& code);
    std::string unblocked(const std::string& id, const ChipSerial& card, const Person& by,
                          const std::string& why);
    Approval asked(const ApprovalWish& wish);
    Approval answered(const ApprovalAnswer& answer);

    /// The same for files, answered by a file in the reports folder.
    void receiptFile(const File& file);
    void decisionFile(const File& file);
    void readerDecisionFile(const File& file);
    void verdictFile(const File& file);
    /// Somebody copies the ledger, who says so before: it is recorded, and the answer awaited.
    void backupFile(const File& file);

private:
    std::string batchDecision(const Decision& decision);

    Rooms rooms_;
    std::mutex batchDoor_;  ///< one batch at a time is in memory
    std::mutex deskDoor_;   ///< what is decided of a card is looked at and done by one thread
};

}  // namespace zegel::station
