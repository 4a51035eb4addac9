#pragma once

#include "station/ledger/ledger.h"
#include "station/report/batch_report.h"

#include <vector>

namespace zegel::station {

OrderStatus statusOf(const OrderEntry& entry);

/// Taken and refused orders of a batch by their place, those behind `after`, at most `limit`.
std::vector<OrderStatus> ordersAfter(Ledger& ledger, const BatchEntry& batch, std::size_t after,
                                     std::size_t limit);

/// Gives what the ledger knows of a batch now, all of it of one moment. False when it is unknown.
/// While `tell` runs the ledger's write-ahead log only grows: it may wait for the disk, for nobody
/// else.
bool tellReport(Ledger& ledger, const BatchId& batch, const std::string& station, TimePoint now,
                const std::function<void(const BatchReport&)>& tell);

}  // namespace zegel::station
