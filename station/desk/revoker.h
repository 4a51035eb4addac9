#pragma once

#include "station/authority/authority.h"
#include "station/ledger/ledger.h"

#include <functional>
#include <string>

namespace zegel::station {

/// Tries once to revoke every certificate that must not live (design truth 2). What the CA could
/// not take now stays wanted. Gives how many are still wanted; `tell` hears each outcome.
std::size_t revokeWanted(Ledger& ledger, Authority& authority,
                         const std::function<void(const std::string&)>& tell);

}  // namespace zegel::station
