#pragma once

#include "cardprofiles/profile_file.h"
#include "drivers/base/clock.h"
#include "station/desk/letter_desk.h"
#include "station/ledger/approval_book.h"
#include "station/ledger/ledger.h"
#include "station/orders/receipt.h"

namespace zegel::station {

/// Where receipts are taken. A receipt that names the certificate by name and number, both right,
/// releases the letter of that card, unless it went before; a wrong one releases nothing, says why,
/// and is kept.
class ReceiptDesk {
public:
    ReceiptDesk(Ledger& ledger, const cardprofiles::Profiles& profiles, LetterDesk& letters,
                const Clock& clock)
        : ledger_(ledger), profiles_(profiles), letters_(letters), clock_(clock) {}

    /// `bearer`: whose certificate brought it over the API; none: it lay in the inbox.
    /// A receipt that was taken before gets the same answer again. Never throws for what the
    /// receipt says, but for an id that another one had. Errors: RequestRefused; LedgerUnwritable;
    /// LetterUnusable when the letter cannot be made.
    ReceiptEntry take(const Receipt& receipt, const std::optional<Person>& bearer = {});

private:
    ReceiptEntry decide(const Receipt& receipt, std::optional<OrderEntry>& order);

    Ledger& ledger_;
    const cardprofiles::Profiles& profiles_;
    LetterDesk& letters_;
    const Clock& clock_;
};

}  // namespace zegel::station
