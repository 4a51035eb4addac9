#pragma once

#include "station/journey/stages.h"

namespace zegel::station {

/// Signs the request for the key that now stands on the chip, and asks the CA beside the walk, so
/// that it works while the chip makes the next key. The intent is durable before the request leaves
/// the house, and what came of it before the answer is here: a certificate that nobody noted could
/// only be found again by asking the CA. The answer waits for its question when it is dropped.
/// Errors: CardRefused, TokenUnavailable, Defect; in the answer AuthorityUnavailable,
/// AuthorityRefused and LedgerUnwritable.
std::future<CardCertificate> askAuthority(const Luggage& luggage, const MadeKey& key);

}  // namespace zegel::station
