#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zegel::seal {

/// What keeps a text from being printed as one line: "is empty", "is longer than 256 octets",
/// "is not UTF-8", "holds a control character" (C0, C1, line and paragraph separators, and the
/// marks that turn the writing direction, which could make an address read as another). Empty
/// when nothing does. Sources: RFC 3629; Unicode UAX #9.
std::string faultOfLine(std::string_view text, std::size_t longest);

}  // namespace zegel::seal
