#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// Why a file of this name is not taken: it leaves no room for the endings that answers and kept
/// files get (255 octets are all that a name may have), it is not UTF-8, or it holds a character
/// that would deceive the reader of a log. Nothing when there is no objection.
std::optional<std::string> objectionToName(std::string_view name);

/// The name itself when there is no objection; else one of letters, digits, dots and hyphens,
/// short, and told apart from others that look like it by the start of the name's SHA-256. Ends in
/// ".json".
std::string plainNameFor(std::string_view name);

}  // namespace zegel::station
