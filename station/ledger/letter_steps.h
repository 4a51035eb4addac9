#pragma once

#include "station/ledger/store.h"

namespace zegel::station {

/// Steps of letters that several verbs take, each within a transaction. Known to station/ledger
/// only.

std::optional<LetterState> stateOfLetter(Store& store, const LetterId& letter);

/// From held, by its product's rule; `evidence` in words: "receipt R-1".
void releaseLetter(Store& store, const LetterId& letter, std::string_view evidence);

/// Only one that is spoiled or came back is printed once more, while its sealed codes are there
/// and its card is of use. Errors: RequestRefused.
void expectPrintableAgain(Store& store, const LetterId& letter);
/// As its next edition. Errors: as above.
void releaseAgain(Store& store, const LetterId& letter, std::string_view why);

/// Its sealed codes are erased; the audit tells the SHA-256 of what was erased. `who` decided.
void destroyLetter(Store& store, const LetterId& letter, std::string_view who,
                   std::string_view why);

}  // namespace zegel::station
