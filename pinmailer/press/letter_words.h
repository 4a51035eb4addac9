#pragma once

#include "pinmailer/seal/letter.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::press {

/// What a field that is no code says on this letter; lines of an address end in '\n'.
/// Errors: Defect for a field that templates may not have.
std::string wordsOf(std::string_view field, const seal::ReleasedLetter& letter,
                    std::string_view language);

/// "21 november 2026" (nl), "21 November 2026" (en), "2026-11-21" elsewhere; UTC.
std::string dayIn(std::string_view language, TimePoint time);

/// "2026-11-21"; nothing when it is no day.
std::optional<TimePoint> dayFrom(std::string_view text);

/// One below the other.
std::string linesOf(const std::vector<std::string>& address);

}  // namespace zegel::press
