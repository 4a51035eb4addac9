#pragma once

#include "drivers/base/ids.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace zegel::station {

/// Whom the certificates name: a group of an organisation.
struct Subject {
    std::string country;       ///< ISO 3166-1 alpha-2
    std::string organisation;  ///< as registered
    std::string kvkNumber;     ///< eight digits; becomes organizationIdentifier NTRNL-########
    std::string group;         ///< the group's name: the certificates' common name
    std::optional<std::string> oin;  ///< twenty digits; becomes serialNumber

    friend bool operator==(const Subject&, const Subject&) = default;
};

/// Who receives card and letter, and where.
struct Receiver {
    std::string name;
    std::string organisation;         ///< line of the address; may be empty
    std::vector<std::string> street;  ///< one to three lines
    std::string postcode;             ///< "1234 AB" for the Netherlands, one space
    std::string town;
    std::string country;  ///< ISO 3166-1 alpha-2
    std::optional<std::string> email;
};

/// One card to be made, as the order system asked for it.
struct Order {
    OrderId id;
    BatchId batch;
    std::string profile;  ///< a card profile's name
    std::string groupId;  ///< orders with the same one may share a confidentiality key
    Subject subject;
    Receiver manager;      ///< the certificate manager
    std::string language;  ///< of the letter: "nl", "en"
};

/// An order that cannot be made, kept so that the batch's report names every order once.
struct RefusedOrder {
    OrderId id;            ///< made up as "<batch>#<position>" when the order has none
    std::size_t position;  ///< in the batch, from 1
    std::size_t line;      ///< in the file, from 1
    std::string reason;    ///< names the field and says what to do
};

struct Batch {
    BatchId id;
    std::deque<Order> orders;  ///< grows without a second copy of all before
    std::vector<RefusedOrder> refused;
    std::string digest{};  ///< SHA-256 of the octets it was read from, hexadecimal; of a file only
};

}  // namespace zegel::station
