#pragma once

#include "drivers/base/origin.h"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace zegel {

/// What went wrong, as far as anyone needs to act on it. A closed set: a new member is a change
/// to the operator's handbook (station/HANDBOOK.md) and to station/line/disposition.
enum class Fault {
    SettingUnusable,       ///< a setting, profile or template that we will not start with
    OrderUnusable,         ///< an order or batch contradicts itself or its profile
    ReaderUnavailable,     ///< PC/SC service, cable or reader is gone
    CardPulled,            ///< the card left the reader, or was reset by somebody else
    CardUnsuitable,        ///< not blank, wrong family, blocked, no room: nothing was changed
    CardRefused,           ///< the chip answered with a status word we cannot continue from
    CardUntrusted,         ///< a cryptogram, signature or value read back does not match
    AuthorityUnavailable,  ///< the CA cannot be reached or did not answer in time
    AuthorityRefused,      ///< the CA said no, or sent a certificate that we reject
    TokenUnavailable,      ///< the PKCS#11 token with the keys of the house does not answer
    LedgerUnwritable,      ///< we could not record; therefore we must not act
    PrinterUnavailable,    ///< the print room's printer cannot be reached, or says no
    StationUnavailable,    ///< the station's API cannot be reached, or does not answer as it should
    LetterUnusable,        ///< a letter that cannot be made as its template says
    SealBroken,            ///< a sealed record that is altered, foreign, cut or not for this key
    RequestRefused,        ///< a person asked for what the rules do not allow
    Defect,                ///< our own contract is broken
};

/// One spelling of a fault everywhere: "card-pulled".
std::string_view nameOf(Fault fault) noexcept;

/// The only exception this code throws. Nest with std::throw_with_nested to add context.
/// The message is safe to print: it names orders, cards, fields and what to do, never a code or
/// a key.
class Failure : public std::exception {
public:
    Failure(Fault fault, std::string message, Origin origin = Origin::here())
        : fault_(fault), message_(std::move(message)), origin_(origin) {}

    const char* what() const noexcept override { return message_.c_str(); }
    Fault fault() const noexcept { return fault_; }
    const Origin& origin() const noexcept { return origin_; }

private:
    Fault fault_;
    std::string message_;
    Origin origin_;
};

}  // namespace zegel
