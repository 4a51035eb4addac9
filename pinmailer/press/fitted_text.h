#pragma once

#include "pinmailer/press/set_paragraphs.h"

namespace zegel::press {

/// A field's text at the size at which it fits its place, ready to draw on a surface in points.
/// Its paragraphs live in the SetParagraphs that it was fitted with.
class FittedText {
public:
    /// Shrinks and wraps within the field's limits; '\n' ends a line.
    /// Errors: LetterUnusable naming the field, when the text is too long or no typeface of the
    /// field has one of its characters.
    static FittedText fit(SetParagraphs& paragraphs, const Field& field, std::string_view text);

    /// In the smallest type that the field may be set in, which takes what any other takes.
    /// Errors: as `fit`.
    static FittedText fitSmallest(SetParagraphs& paragraphs, const Field& field,
                                  std::string_view text);

    void draw(cairo_t& page) const;

private:
    FittedText(const Field& field, std::vector<const Paragraph*> paragraphs, double scale)
        : field_(&field), paragraphs_(std::move(paragraphs)), scale_(scale) {}

    const Field* field_;  ///< lives in the template
    std::vector<const Paragraph*> paragraphs_;
    double scale_;
};

}  // namespace zegel::press
