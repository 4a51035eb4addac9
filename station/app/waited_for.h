#pragma once

#include "station/api/waiting.h"
#include "station/authority/patient_authority.h"
#include "station/report/event_pusher.h"

#include <optional>
#include <vector>

namespace zegel::station {

/// All that is waited for now. `inbox`: when it cannot be looked into.
std::vector<WaitedFor> waitedFor(const AuthorityCondition& authority,
                                 const std::optional<OrderSystemCondition>& orderSystem,
                                 const std::optional<WaitedFor>& inbox);

}  // namespace zegel::station
