#pragma once

#include "pinmailer/seal/letter.h"

#include <string>
#include <string_view>

namespace zegel::press {

/// What a field that is no code says on this letter; lines of an address end in '\n'.
/// Errors: Defect for a field that templates may not have.
std::string wordsOf(std::string_view field, const seal::ReleasedLetter& letter,
                    std::string_view language);

/// "21 november 2026" (nl), "21 November 2026" (en), "2026-11-21" elsewhere; UTC.
std::string dayIn(std::string_view language, TimePoint time);

}  // namespace zegel::press
