#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/ids.h"
#include "pinmailer/press/letter_template.h"
#include "pinmailer/seal/note.h"

#include <map>
#include <string>
#include <vector>

namespace zegel::press {

/// A letter without codes, as it goes to paper: what is on it, by the names of its kind's fields
/// and choices (config/letters/README.md). Days are written "2026-11-21".
struct Note {
    LetterId id;               ///< what the machine's mark says
    std::string templateName;  ///< "dispatch-note"
    std::string language;      ///< "nl", "en"
    std::vector<std::string> address;
    std::map<std::string, std::string> fields;
    TimePoint at{};  ///< the day it is of
};

/// The same as the station signed it; `id` for the machine's mark.
Note noteFrom(const seal::Note& said, LetterId id);

/// Which parts of its template the note shows.
Variant variantOf(const Note& note);

/// Errors: LetterUnusable naming the note and the field that its kind asks for or does not know,
/// the choice it leaves open, or the day that is none.
void expectFit(const Note& note, const LetterKind& kind);

/// What a field says on this note, which fits its kind.
std::string wordsOf(std::string_view field, const Note& note, const LetterKind& kind,
                    std::string_view language);

}  // namespace zegel::press
