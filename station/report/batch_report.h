#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/ids.h"
#include "station/orders/order.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What the order system is told of one order. States are the ledger's words: "in-production",
/// "held".
struct OrderStatus {
    OrderId order;
    std::size_t position = 0;  ///< in the batch, from 1
    std::string state;
    std::string certificateName;
    std::optional<ChipSerial> chipSerial;
    std::optional<CertificateNumber> certificateNumber;
    std::optional<std::string> letterState;
    std::string reason;  ///< why it is not simply under way; empty when it is
    TimePoint at{};      ///< when the state began
};

/// What the order system is told of one batch.
struct BatchReport {
    BatchId batch;
    std::string station;  ///< which station speaks
    TimePoint acceptedAt{};
    TimePoint updatedAt{};
    std::vector<OrderStatus> orders;
    std::vector<RefusedOrder> refused;
};

/// The report as JSON (UTF-8, station/report/status.schema.json): every order of the batch exactly
/// once, by its place, refused ones as "rejected" with the reason, and how many there are in each
/// state. Errors: Defect when an order or a place stands in it twice.
std::string statusJson(const BatchReport& report);

/// All orders of the batch by their place, those that were not taken as "rejected". Errors: Defect
/// when an order or a place stands in it twice.
std::vector<OrderStatus> everyOrder(const BatchReport& report);
OrderStatus statusOf(const RefusedOrder& refused, TimePoint at);

/// The same orders as a table (RFC 4180, UTF-8, CRLF), a line each under a heading.
std::string statusCsv(const BatchReport& report);

/// Writes `<folder>/<batch>.status.json` whole or not at all, flushed to the disk; its group may
/// read it. Leaves a file alone that says the same already, but for the moment it was written at.
/// Gives its path. Errors: Defect as above, LedgerUnwritable naming the file.
std::filesystem::path writeStatus(const std::filesystem::path& folder, const BatchReport& report);

/// For a file from which nothing was taken: `<folder>/<file>.refused.json` with the reason
/// (refused.schema.json). `file` is a name without folders. Errors: LedgerUnwritable.
std::filesystem::path writeRefusal(const std::filesystem::path& folder, std::string_view file,
                                   std::string_view reason, TimePoint at);

}  // namespace zegel::station
