#pragma once

#include "pinmailer/press/glib_pointers.h"
#include "pinmailer/press/letter_template.h"

#include <pango/pangocairo.h>
#include <string>

namespace zegel::press {

inline constexpr double PointsPerMillimetre = 72.0 / 25.4;

/// How PDF wants its letters: outlines as drawn, no rounding to a screen's pixels.
void setForPaper(PangoContext& context);

/// A field's text at the size at which it fits its place, ready to draw on a surface in points.
class FittedText {
public:
    /// Shrinks and wraps within the field's limits.
    /// Errors: LetterUnusable naming the field, when the text is too long or no typeface of the
    /// field has one of its characters.
    static FittedText fit(PangoContext& context, const Field& field, const std::string& text);

    void draw(cairo_t& page) const;

    /// The same text for another page; laid out once.
    FittedText again() const;

private:
    FittedText(const Field& field, GlibObjectPtr<PangoLayout> layout, double scale)
        : field_(&field), layout_(std::move(layout)), scale_(scale) {}

    const Field* field_;  ///< lives in the template
    GlibObjectPtr<PangoLayout> layout_;
    double scale_;
};

}  // namespace zegel::press
