#pragma once

#include "cardprofiles/letter_characters.h"

#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What a text takes in width at most, in the typefaces of the shipped letters at 10 pt, the
/// smallest that the post reads: in millimetres. `text` is UTF-8. The station has no typefaces.
double widestOnLetter(std::string_view text);

/// Why an address may have no room in the window of an envelope, where long lines take two: no
/// card is to be made whose letter cannot be. Empty when it surely has.
/// Source: config/letters/README.md.
std::string whyNoRoomFor(const std::vector<std::string>& address);

/// Why a rejection notice may not be able to say a reason, by its characters or its room. Empty
/// when it surely can. Source: config/letters/README.md.
std::string whyNoNoticeSays(std::string_view reason,
                            const cardprofiles::LetterCharacters& printable);

}  // namespace zegel::station
