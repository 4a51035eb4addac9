#pragma once

#include "station/ledger/ledger.h"
#include "station/report/batch_report.h"

namespace zegel::station {

OrderStatus statusOf(const OrderEntry& entry);

/// What the ledger knows of a batch now.
BatchReport reportOf(Ledger& ledger, const BatchEntry& batch, const std::string& station,
                     TimePoint now);

}  // namespace zegel::station
