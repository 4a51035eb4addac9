#pragma once

#include "station/ledger/store.h"

namespace zegel::station {

/// Steps of letters that several verbs take, each within a transaction. Known to station/ledger
/// only.

/// Its sealed codes are erased; the audit tells the SHA-256 of what was erased. `who` decided.
void destroyLetter(Store& store, const LetterId& letter, std::string_view who,
                   std::string_view why);

}  // namespace zegel::station
