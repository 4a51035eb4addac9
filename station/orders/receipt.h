#pragma once

#include "drivers/base/clock.h"

#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// A certificate manager's word that a card has come, as the order system passes it on. Whether
/// name and number are the right ones is for the desk to say (certificate_number.h).
struct Receipt {
    std::string id;      ///< the order system's own, a reference
    std::string name;    ///< the certificate's name, as it was typed
    std::string number;  ///< its short number or a serial, as it was typed
    std::string by;      ///< who confirmed, as it was said
    TimePoint at{};      ///< when
};

/// Reads one receipt (JSON, station/orders/receipt.schema.json): every field, no other.
/// `source` stands in messages: the file's name.
/// Errors: OrderUnusable naming line, field and what to do, everything at once.
Receipt readReceipt(std::istream& in, const std::string& source);
Receipt readReceiptFile(const std::string& path);

/// A moment by RFC 3339 with "Z" or an offset; fractions of a second are dropped. Nothing when it
/// is none ("2026-02-30T10:00:00Z").
std::optional<TimePoint> momentFrom(std::string_view rfc3339);

}  // namespace zegel::station
