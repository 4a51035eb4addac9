#pragma once

#include "drivers/base/secret.h"
#include "pinmailer/press/letter_template.h"

#include <array>
#include <memory>
#include <pango/pangocairo.h>

namespace zegel::press {

/// The typeface that codes are set in. Its glyphs are looked up once for the whole alphabet, so
/// that a code is drawn as places of glyphs: no library gets a text to keep a copy of.
class CodeType {
public:
    /// `file`: the template, for messages.
    /// Errors: SettingUnusable when a symbol is missing or is not as wide as the others.
    CodeType(PangoContext& context, const Field& field, const std::string& file);

    /// Draws the code in groups on a surface in points, as large as the field has room for.
    /// Errors: LetterUnusable naming the field when it does not fit in its smallest type.
    void draw(cairo_t& page, const SecretBytes& code) const;

    /// The size in millimetres at which so many symbols fit; nothing is drawn.
    /// Errors: LetterUnusable as above.
    double sizeFor(std::size_t symbols) const;

    /// Errors: SettingUnusable naming file and line when the field is too small for so many.
    void expectRoom(std::size_t symbols, const std::string& file) const;

private:
    std::size_t gapsIn(std::size_t symbols) const;

    const Field* field_;
    std::unique_ptr<cairo_font_face_t, void (*)(cairo_font_face_t*)> face_;
    std::array<unsigned long, 128> glyphs_{};  ///< by ASCII
    double advance_ = 0;                       ///< of every symbol, as a part of the size
};

}  // namespace zegel::press
