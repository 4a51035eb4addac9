#pragma once

#include "drivers/base/bytes.h"
#include "pinmailer/press/letter_template.h"
#include "pinmailer/press/opening.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace zegel::press {

/// Takes the PDF, piece by piece, in order.
using PdfSink = std::function<void(ByteView)>;

/// One template, made ready to print letter after letter: its fixed part is read once and drawn
/// once a PDF, the fields are drawn over it. Text stays text, typefaces are embedded. Codes are
/// drawn glyph by glyph; no text of them is handed to a library. For one thread.
class LetterPress {
public:
    /// `language` decides how a day is written. Errors: SettingUnusable naming the template and
    /// the typeface that is missing, or what librsvg cannot read.
    LetterPress(LetterTemplate letterTemplate, std::string language);
    LetterPress(LetterPress&&) noexcept;
    LetterPress& operator=(LetterPress&&) noexcept;
    LetterPress(const LetterPress&) = delete;
    LetterPress& operator=(const LetterPress&) = delete;
    ~LetterPress();

    /// One PDF with a page a letter. Nothing reaches the sink unless every letter fits.
    /// Errors: LetterUnusable naming letter and field: too long, a character that no typeface
    /// has; or what `sink` throws.
    void print(std::span<const OpenedLetter> letters, const PdfSink& sink);

private:
    struct Works;
    std::unique_ptr<Works> works_;
};

/// "073915" is printed in these groups: {3, 3}; twelve symbols in fours. Five or fewer stay whole.
std::vector<std::size_t> groupsOf(std::size_t symbols, bool inFours);

}  // namespace zegel::press
