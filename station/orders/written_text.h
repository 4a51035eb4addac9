#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// Characters of a UTF-8 text, as RFC 5280's upper bounds count them: code points.
std::size_t charactersIn(std::string_view text);

/// Why a text cannot stand in a certificate, on a letter or on a screen as people read it: a
/// control character, one that is invisible or turns the direction of writing, a space that is
/// not an ordinary one, spaces at an end or in a row. Letters of every script are welcome.
/// Nothing when there is no objection. `text` is UTF-8.
/// Source: [UTS 39] section 5, [UTR 36] section 2 for the characters that deceive.
std::optional<std::string> objectionTo(std::string_view text);

/// With white space of any kind as one space and none at the ends: what a person typed.
std::string tidied(std::string_view text);

/// The same letters in one case, with white space of any kind as one space and none at the ends:
/// for comparing what a person typed with what was written.
std::string folded(std::string_view text);

}  // namespace zegel::station
