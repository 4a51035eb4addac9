#pragma once

#include "pinmailer/press/letter_press.h"

namespace zegel::press {

/// A sheet to set up a printer, a folding machine and an envelope with: crosses at known places to
/// measure the printer's offset by, the folds, and where the template has its window, its code
/// zone, its mark and its fields. Holds no code.
class TestSheet {
public:
    /// `loaded` decides the zones and lives longer; `language` is "nl" or, for all others, English.
    TestSheet(const LetterTemplate& loaded, std::string language, Offset offset);

    /// Errors: what `sink` throws.
    void print(const PdfSink& sink) const;
    void picture(double dotsPerInch, const PdfSink& sink) const;

private:
    void draw(cairo_t& sheet) const;

    const LetterTemplate& template_;
    std::string language_;
    Offset offset_;
};

}  // namespace zegel::press
