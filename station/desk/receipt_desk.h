#pragma once

#include "cardprofiles/profile_file.h"
#include "drivers/base/clock.h"
#include "pinmailer/seal/sealer.h"
#include "station/ledger/ledger.h"
#include "station/orders/receipt.h"

#include <filesystem>

namespace zegel::station {

/// Where receipts are taken. A receipt that names the certificate by name and number, both right,
/// releases the letter of that card; a wrong one releases nothing, says why, and is kept.
///
/// The letter's file is written before the release is recorded and gets its name after, so that a
/// station that dies in between neither loses a letter nor lays one out twice.
class ReceiptDesk {
public:
    /// `letters`: the folder that the print room fetches from.
    ReceiptDesk(Ledger& ledger, const cardprofiles::Profiles& profiles, const seal::Sealer& sealer,
                const Clock& clock, std::filesystem::path letters);

    /// A receipt that was taken before gets the same answer again. Never throws for what the
    /// receipt says, but for an id that another one had. Errors: RequestRefused; LedgerUnwritable;
    /// LetterUnusable when the letter cannot be written.
    ReceiptEntry take(const Receipt& receipt);

    /// Ends what a stop of the station left half done. Call once at start.
    void settleHalfDone();

private:
    ReceiptEntry decide(const Receipt& receipt, std::optional<OrderEntry>& order);
    Bytes letterFor(const OrderEntry& order, const std::string& evidence);

    Ledger& ledger_;
    const cardprofiles::Profiles& profiles_;
    const seal::Sealer& sealer_;
    const Clock& clock_;
    std::filesystem::path letters_;
};

}  // namespace zegel::station
