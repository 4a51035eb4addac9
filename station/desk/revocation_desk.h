#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/secret.h"
#include "station/authority/authority.h"
#include "station/ledger/revocation_book.h"

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// A holder's wish that his card be revoked, as a self-service page passes it on. The code travels
/// beside it.
struct RevocationRequest {
    std::string id;      ///< a reference of who sends it
    std::string number;  ///< as it was typed: certificate number, serial or card number
    RevocationReason reason{};
    Person client;
};

/// What a number and a code are to each other.
struct CodeVerdict {
    enum class Kind {
        Right,
        Wrong,  ///< or a number that no card has: nobody learns which
        NotNow  ///< too many were wrong: not even looked at
    };

    Kind kind{};
    std::optional<CardRevocation> revocation;  ///< what may be carried out, when it is right
    std::optional<TimePoint> next;             ///< when the next try may come, when it is not now
};

/// Where cards are revoked by whoever knows the code from the letter.
class RevocationDesk {
public:
    explicit RevocationDesk(Ledger& ledger) : ledger_(ledger) {}

    /// Counts the try before it looks at the code, and keeps a wrong one in the audit chain. Takes
    /// the same time whatever the number is. Errors: OrderUnusable for a number or a code that is
    /// none, which counts as no try; LedgerUnwritable.
    CodeVerdict judge(const RevocationRequest& request, const SecretBytes& code);

    /// Does what was judged right. Not beside a receipt. Errors: RequestRefused, LedgerUnwritable.
    Ledger::Settlement carryOut(const CardRevocation& revocation);

private:
    std::optional<OrderEntry> issuedUnder(const std::string& number);

    Ledger& ledger_;
    std::mutex oneAtATime_;  ///< the dearest hash takes 16 MiB of locked memory
};

/// Reasons for which a card that somebody has may be revoked, for good: all but certificateHold,
/// which a CA takes back. By their names.
std::vector<std::string_view> cardRevocationReasons();

/// One of them. Errors: OrderUnusable naming `field` and what may stand there.
RevocationReason cardReasonFrom(std::string_view name, std::string_view field);

/// The one form of what was typed as a certificate number, the serial of a certificate or a card
/// number; nothing when it is none of them. Never quoted where it is none: it may be a code.
std::optional<std::string> revocableNumberFrom(std::string_view typed);

}  // namespace zegel::station
