#pragma once

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

}  // namespace zegel::station
