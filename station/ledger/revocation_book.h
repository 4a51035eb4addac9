#pragma once

#include "station/ledger/approval_book.h"
#include "station/ledger/ledger.h"

#include <string>

namespace zegel::station {

/// One try with a revocation code, before the code is looked at.
struct CodeTry {
    std::string number;              ///< what it is for, in the one form such a number is kept
    Person client;                   ///< who brings it
    std::optional<OrderId> order{};  ///< whose card has that number, when one has
};

/// A card that must not be believed any more.
struct CardRevocation {
    std::string id;      ///< a reference of who asks; one revocation has one
    OrderId order;       ///< whose card
    std::string reason;  ///< RFC 5280's name
    CodeTry proof;       ///< the code was right
};

/// Cards that are revoked, and what the CA's list says of their certificates. As the ledger's, each
/// verb is one transaction.
class RevocationBook {
public:
    explicit RevocationBook(Store& store) : store_(store) {}

    /// Counts one try with a revocation code as a wrong one, before the code is looked at: neither
    /// many at once nor a stop of the station gives any away. All numbers of a card count as one.
    /// Nothing when the code may be looked at; else when the next one may.
    std::optional<TimePoint> countTry(const CodeTry& attempt);
    void recordWrong(const CodeTry& attempt);
    /// The code was right: the try is taken back, the certificates of the order's card are to be
    /// revoked, the card is revoked, the order closed, and sealed codes that may be are erased.
    /// `DoneBefore` when the card was revoked already. Errors: RequestRefused when the id was
    /// another revocation's.
    Ledger::Settlement revoke(const CardRevocation& revocation);
    /// Of the code in that letter; empty when there is no such letter.
    std::string hashOf(const LetterId& letter);
    /// A card's PIN was unblocked at the desk. Errors: RequestRefused when nobody has the card, or
    /// the id was another's.
    Ledger::Settlement recordUnblocked(std::string_view id, const ChipSerial& card,
                                       const Person& by, std::string_view why);

    /// Those that the CA called revoked, and whose validity is not over.
    std::vector<CertificateEntry> outsideCrl();
    /// The CA's list shows this serial, for this reason by RFC 5280's name. False, and nothing is
    /// changed, when the certificate is no longer the revoked one that was looked for: lists take
    /// their time to come, and a verdict or the CA may have said otherwise meanwhile.
    bool recordInCrl(CertificateRow row, std::string_view serial, std::string_view reason);

private:
    Store& store_;
};

}  // namespace zegel::station
