#pragma once

#include "station/orders/order.h"

#include <cstddef>
#include <string>

namespace zegel::station {

/// What was taken of a batch, for logs and the audit: "2 new orders, 1 known before, 0 refused".
/// `notTaken` counts those known before as well.
std::string takenInWords(const Batch& batch, std::size_t notTaken);

}  // namespace zegel::station
