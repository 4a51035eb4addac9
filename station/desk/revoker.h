#pragma once

#include "cardprofiles/profile_file.h"
#include "station/authority/authority.h"
#include "station/ledger/ledger.h"

#include <functional>
#include <string>

namespace zegel::station {

/// Asks the CA once more, under the same transactions, for the certificates whose answers were lost
/// with their cards: what it had issued comes back and is noted as to be revoked. Gives how many
/// are still in doubt; `tell` hears each outcome. Only while no walk waits for one of them.
std::size_t settleDoubts(Ledger& ledger, Authority& authority,
                         const cardprofiles::Profiles& profiles,
                         const std::function<void(const std::string&)>& tell);

/// Tries once to revoke every certificate that must not live (design truth 2). What the CA could
/// not take now stays wanted. Gives how many are still wanted; `tell` hears each outcome.
std::size_t revokeWanted(Ledger& ledger, Authority& authority,
                         const std::function<void(const std::string&)>& tell);

}  // namespace zegel::station
