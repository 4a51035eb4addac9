#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/ids.h"
#include "station/orders/order.h"

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace zegel::station {

/// What the order system is told of one order. States are the ledger's words: "in-production",
/// "held".
struct OrderStatus {
    OrderId order;
    std::size_t position = 0;  ///< in the batch, from 1
    std::string state;
    std::string profile;  ///< for people; the order system knows it
    std::string certificateName;
    std::optional<ChipSerial> chipSerial;
    std::optional<CertificateNumber> certificateNumber;
    std::optional<std::string> letterState;
    std::string reason;  ///< why it is not simply under way; empty when it is
    TimePoint at{};      ///< when the state began
};

/// Takes the orders of a report, one after the other.
using TakeOrder = std::function<void(const OrderStatus&)>;

/// What the order system is told of one batch. Its orders are never all in memory.
struct BatchReport {
    BatchId batch;
    std::string station;  ///< which station speaks
    TimePoint acceptedAt{};
    TimePoint updatedAt{};
    std::map<std::string, std::size_t> states;  ///< how many orders are in each
    /// Gives every order by its place, those that were not taken as "rejected".
    std::function<void(const TakeOrder&)> orders;
};

OrderStatus statusOf(const RefusedOrder& refused, TimePoint at);

/// The report as JSON (UTF-8, station/report/status.schema.json): how many orders there are in each
/// state, and every order of the batch exactly once, by its place, a line each.
/// Errors: Defect when an order or a place stands in it twice, or the sums are not the orders'.
void writeJson(std::ostream& out, const BatchReport& report);

/// The same orders as a table (RFC 4180, UTF-8, CRLF), a line each under a heading. Errors: as
/// above.
void writeCsv(std::ostream& out, const BatchReport& report);

/// Gives every order of the report, and sees that it is whole. Errors: as above.
void giveOrders(const BatchReport& report, const TakeOrder& take);

/// Writes `<folder>/<batch>.status.json` whole or not at all, flushed to the disk; its group may
/// read it. Leaves a file alone that says the same already, but for the moment it was written at.
/// Gives its path. Errors: Defect as above, LedgerUnwritable naming the file.
std::filesystem::path writeStatus(const std::filesystem::path& folder, const BatchReport& report);

/// For a file from which nothing was taken: `<folder>/<file>.refused.json` with the reason
/// (refused.schema.json). `file` is a name without folders. Errors: LedgerUnwritable.
std::filesystem::path writeRefusal(const std::filesystem::path& folder, std::string_view file,
                                   std::string_view reason, TimePoint at);

}  // namespace zegel::station
