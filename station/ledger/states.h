#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace zegel::station {

/// One spelling of a state everywhere: ledger, report, event, console, log.
enum class OrderState {
    Accepted,      ///< read and checked, durable
    Queued,        ///< waits for a chip
    InProduction,  ///< a chip is being made for it
    Produced,      ///< the chip is proved, the letter is held
    Dispatched,    ///< the card is on its way to the receiver
    Received,      ///< the receiver named the certificate by name and number
    Closed,
    Rejected,  ///< never taken; or no card is made for it, and its applicant is told why
    OnHold,    ///< a person has to look
    Cancelled
};

enum class CardState {
    Blank,
    Claimed,       ///< bound to an order by its serial
    Personalised,  ///< carries keys, certificates and our codes
    Proved,        ///< read back and tried as a stranger would
    Dispatched,
    InUse,
    Returned,
    Revoked,
    Spoiled,  ///< must not be issued; its certificates are revoked
    Destroyed
};

enum class LetterState {
    Held,  ///< sealed codes exist, nothing lets the letter go yet
    Released,
    Printing,
    Printed,
    Posted,
    Returned,  ///< came back undeliverable
    Destroyed,
    PrintedUncertain,
    Spoiled,
    Expired
};

enum class CertificateState {
    Asked,      ///< the request may have reached the CA, the answer is not known
    Issued,     ///< came back as asked
    Confirmed,  ///< the CA knows that the card has it
    RevocationWanted,
    Revoked,   ///< the CA said so
    InCrl,     ///< and its list, read after that, shows it with the right reason
    NotIssued  ///< the CA said no, or a person found that it never did
};

std::string_view nameOf(OrderState state) noexcept;        // "in-production"
std::string_view nameOf(CardState state) noexcept;         // "in-use"
std::string_view nameOf(LetterState state) noexcept;       // "printed-uncertain"
std::string_view nameOf(CertificateState state) noexcept;  // "revocation-wanted"

/// Every state's name, in the order in which they come about.
std::vector<std::string_view> orderStateNames();
std::vector<std::string_view> cardStateNames();
std::vector<std::string_view> letterStateNames();

/// Errors: LedgerUnwritable when the ledger holds a word that is no state.
OrderState orderStateNamed(std::string_view name);
CardState cardStateNamed(std::string_view name);
LetterState letterStateNamed(std::string_view name);
CertificateState certificateStateNamed(std::string_view name);

/// The transition tables (states.cpp). No other transition exists.
bool mayBecome(OrderState from, OrderState to) noexcept;
bool mayBecome(CardState from, CardState to) noexcept;
bool mayBecome(LetterState from, LetterState to) noexcept;
bool mayBecome(CertificateState from, CertificateState to) noexcept;

/// How far a chip has come that cannot be undone. The line decides by it what a fault costs.
enum class Milestone {
    NothingIrreversible,
    ChipChanged,       ///< keys were made or codes were changed
    CertificateIssued  ///< the CA has issued for it
};

std::string_view nameOf(Milestone milestone) noexcept;

}  // namespace zegel::station
