#pragma once

#include "drivers/base/bytes.h"
#include "pinmailer/press/letter_template.h"
#include "pinmailer/press/note.h"
#include "pinmailer/press/opening.h"
#include "pinmailer/press/paper.h"

#include <memory>
#include <span>
#include <string>

namespace zegel::press {

/// How far a printer puts everything wrong, turned round: millimetres to the right and down.
using Offset = std::array<double, 2>;

/// One template, made ready to print letter after letter: its fixed part is read and drawn
/// once, the fields are drawn over it. Text stays text, typefaces are embedded. Codes are
/// drawn glyph by glyph; no text of them is handed to a library. For one thread.
class LetterPress {
public:
    /// `language` decides how a day is written.
    /// Errors: SettingUnusable naming the template and the typeface that is missing, what librsvg
    /// cannot read or the field that is too small.
    LetterPress(LetterTemplate letterTemplate, std::string language, Offset offset = {});
    LetterPress(LetterPress&&) noexcept;
    LetterPress& operator=(LetterPress&&) noexcept;
    LetterPress(const LetterPress&) = delete;
    LetterPress& operator=(const LetterPress&) = delete;
    ~LetterPress();

    /// One PDF with a page a letter. Nothing reaches the sink unless every letter fits.
    /// Errors: LetterUnusable naming letter and field: too long, a character that no typeface
    /// has; or what `sink` throws.
    void print(std::span<const OpenedLetter> letters, const PdfSink& sink);
    void print(std::span<const Note> notes, const PdfSink& sink);

    /// A PNG to look at, of the same page. Only for letters with made-up codes.
    void picture(const OpenedLetter& letter, double dotsPerInch, const PdfSink& sink);
    void picture(const Note& note, double dotsPerInch, const PdfSink& sink);

    /// Whether the fixed part's own words run into anything, which takes longer to tell than a
    /// letter takes to draw: asked where templates are looked at, not for every run.
    /// Errors: SettingUnusable naming file, line and what they cover.
    void expectWordsInPlace() const;

    const LetterTemplate& letterTemplate() const noexcept;

private:
    struct Works;
    std::unique_ptr<Works> works_;
};

/// "073915" is printed in these groups: {3, 3}; twelve symbols in fours. Five or fewer stay whole.
std::vector<std::size_t> groupsOf(std::size_t symbols, bool inFours);

}  // namespace zegel::press
