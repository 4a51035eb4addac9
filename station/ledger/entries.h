#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/clock.h"
#include "drivers/base/purpose.h"
#include "station/ledger/person.h"
#include "station/ledger/states.h"
#include "station/orders/order.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace zegel::station {

/// A chip as the ledger knows it: serial with the family in front (drivers/cards).
struct ChipName {
    ChipSerial serial;
    std::string family;
    std::string firmware;
};

/// An order bound to a chip, and what was drawn for this attempt. The number of a card for which
/// a certificate was, or may have been, issued is never used again.
struct Claim {
    Order order;
    ChipName chip;
    CertificateNumber number;
    LetterId letter;
};

struct OrderEntry {
    Order order;
    std::size_t position = 0;  ///< in its batch, from 1
    OrderState state{};
    std::string reason;  ///< why it is not simply under way; empty when it is
    int attempts = 0;    ///< chips tried
    std::optional<ChipSerial> chip;
    std::optional<CertificateNumber> number;
    std::optional<LetterId> letter;
    std::optional<LetterState> letterState;
    TimePoint changed{};
};

struct CardEntry {
    ChipName chip;
    CardState state{};
    std::optional<OrderId> order;
    std::string reason;
    int spoiledTimes = 0;
};

/// What was ruled about a reader.
struct ReaderRule {
    std::optional<BatchId> batch;  ///< it makes cards of this batch only
    std::string setAside;          ///< why it makes none at all; empty when it does
};

/// The ledger's own number for one certificate asked for.
using CertificateRow = std::int64_t;

struct CertificateEntry {
    CertificateRow row = 0;
    OrderId order;
    ChipSerial chip;
    Purpose purpose{};
    CertificateState state{};
    Bytes der;           ///< empty until it came back
    std::string serial;  ///< hexadecimal; empty until it came back
    TimePoint notBefore{};
    TimePoint notAfter{};
    std::string revocationReason{};  ///< RFC 5280's name; empty unless somebody gave one
    TimePoint changed{};             ///< when its state began
};

/// A letter, without what is sealed in it.
struct LetterEntry {
    std::int64_t row = 0;  ///< where a page ends that ends with it
    LetterId letter;
    OrderId order;
    LetterState state{};
    std::string profile;   ///< of its order
    std::string language;  ///< of its order
    std::string reason;    ///< why it is as it is
    bool sealed = false;   ///< its codes are there, sealed
    TimePoint releasedAt{};
    std::string releasedBy;  ///< what let it go: "receipt R-1"; empty while it is held
    int edition = 1;         ///< one more each time that it is to be printed anew
    std::string takenId;     ///< by which id the print room took it; empty when nobody has it
    std::string takenBy;
    bool laidOut = false;  ///< in the folder for the print room, in place of being taken
    TimePoint changed{};
};

/// What came back, as the ledger keeps it.
struct CertificateReceived {
    Bytes der;
    std::string serial;
    TimePoint notBefore{};
    TimePoint notAfter{};
};

/// Asked for, by a walk that ended before its answer came: the CA may have issued it.
struct CertificateInDoubt {
    CertificateRow row = 0;
    Order order;
    Purpose purpose{};
    Bytes transaction;
    Bytes request;  ///< PKCS#10, DER
};

struct BatchEntry {
    BatchId id;
    std::size_t orders = 0;
    std::size_t refused = 0;
    TimePoint accepted{};
};

/// Some of the batches, in the order in which they came.
struct BatchPage {
    std::vector<BatchEntry> entries;
    std::int64_t last = 0;             ///< where this page ends
    std::optional<std::int64_t> next;  ///< the same, when there is another page
};

/// How many of what are in which state, for who watches the station.
struct StateCounts {
    std::size_t batches = 0;
    std::map<std::string, std::size_t> orders;
    std::map<std::string, std::size_t> cards;
    std::map<std::string, std::size_t> letters;
    std::map<std::string, std::size_t> certificates;
};

/// A receipt as it came in and what became of it.
struct ReceiptEntry {
    std::string id;
    std::string name;
    std::string number;
    std::string by;
    bool accepted = false;
    std::string outcome;  ///< in words
    std::optional<OrderId> order;
    TimePoint at{};
    std::optional<Person> bearer{};  ///< whose certificate brought it; in the audit only
};

/// One link of the audit chain.
struct AuditEntry {
    std::int64_t sequence = 0;
    TimePoint at{};
    std::string who;
    std::string act;
    std::string subject;
    std::string why;
    std::string digest;  ///< SHA-256 over the previous digest and this record, hexadecimal
};

/// The station's signature over the chain up to one record.
struct AuditHead {
    std::int64_t sequence = 0;  ///< of the last record it covers
    Bytes record;               ///< CMS SignedData around `auditHeadText`, DER
};

/// What is signed of a head: three lines for people and programs.
std::string auditHeadText(const AuditEntry& last, TimePoint signedAt);

}  // namespace zegel::station
