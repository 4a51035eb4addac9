#pragma once

#include "station/report/batch_report.h"

#include <Poco/JSON/Object.h>

namespace zegel::station {

/// One order as it stands in a report (status.schema.json, $defs/order).
Poco::JSON::Object jsonOf(const OrderStatus& status);

}  // namespace zegel::station
