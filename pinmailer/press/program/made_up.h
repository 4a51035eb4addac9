#pragma once

#include "pinmailer/press/note.h"
#include "pinmailer/press/opening.h"

#include <string>
#include <string_view>

namespace zegel::press {

/// What a preview asks of a letter that nobody gets.
struct MadeUp {
    std::string templateName;
    std::string language;
    std::string carrier = "smart-card";
    bool puk = true;
    std::string names = "short";  ///< or "long", "hostile"
};

/// "short, long or hostile": the names there are.
bool areNames(std::string_view names);

/// Codes that everybody may see. None of them is ever drawn: the digits are weak by our own rules.
OpenedLetter madeUpLetter(const MadeUp& wish);

/// With short names only what its kind always has; otherwise all that it may have.
Note madeUpNote(const MadeUp& wish, const LetterKind& kind);

}  // namespace zegel::press
