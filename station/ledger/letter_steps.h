#pragma once

#include "station/ledger/store.h"

namespace zegel::station {

/// Steps of letters that several verbs take, each within a transaction. Known to station/ledger
/// only.

/// Why one stands in the folder and nobody gave it back.
inline constexpr std::string_view LaidOut = "laid out for the print room";

std::optional<LetterEntry> letterOf(Connection& from, const LetterId& letter);
std::optional<LetterState> stateOfLetter(Store& store, const LetterId& letter);

/// From held, by its product's rule; `evidence` in words: "receipt R-1".
void releaseLetter(Store& store, const LetterId& letter, std::string_view evidence);

/// A released one whose card came back, and was not sent since, waits again for what releases it.
void holdWhileItsCardIsHere(Store& store, const LetterId& letter);

/// Its card is on its way once more.
void forgetThatItsCardCameBack(Store& store, const LetterId& letter);

/// Why no sheet of it is to be made before a second person has answered, in words that name the
/// approval: its codes may have been seen, or its card is to be revoked.
std::optional<std::string> whyNoSheetYet(Connection& from, const LetterId& letter,
                                         std::int64_t now);
/// Errors: RequestRefused when there is one.
void expectSheetAllowed(Store& store, const LetterId& letter);

/// Its order is produced, not sent: its card came back.
bool isCardHere(Connection& from, const LetterId& letter);

/// Only one that is spoiled or came back is printed once more, while its sealed codes are there
/// and its card is of use. Errors: RequestRefused.
void expectPrintableAgain(Store& store, const LetterId& letter);
/// As its next edition. Errors: as above.
void releaseAgain(Store& store, const LetterId& letter, std::string_view why);

/// Its card is revoked or destroyed: no sheet of it is to go out.
bool isOfEndedCard(Connection& from, const LetterId& letter);
/// Its sealed codes are erased if that is so, and nobody has a sheet of it that is to be settled.
void destroyOfEndedCard(Store& store, const LetterId& letter);

/// Its sealed codes are erased; the audit tells the SHA-256 of what was erased. `who` decided.
void destroyLetter(Store& store, const LetterId& letter, std::string_view who,
                   std::string_view why);

}  // namespace zegel::station
