#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::cardprofiles {

/// Unicode code points from `first` up to and with `last`.
struct CharacterRange {
    char32_t first = 0;
    char32_t last = 0;
};

/// What the typefaces of a product's letter can print. The station has no typefaces: the print room
/// does, and finds out when the card is made.
using LetterCharacters = std::vector<CharacterRange>;

/// What those of the shipped templates can, in capitals as well: Latin, Greek, Cyrillic, Armenian,
/// Georgian, Hebrew, Arabic and their signs.
const LetterCharacters& shippedLetterCharacters();

/// "U+0041-U+005A", or "U+0041" for one. Nothing when it is neither.
std::optional<CharacterRange> characterRangeFrom(std::string_view text);

/// The first character that is in none of the ranges, as people and Unicode call it:
/// "\"檔\" (U+6A94)". Nothing when there is none. `text` is UTF-8.
std::optional<std::string> unprintableIn(std::string_view text, const LetterCharacters& printable);

}  // namespace zegel::cardprofiles
