#pragma once

#include "pinmailer/press/glib_pointers.h"
#include "pinmailer/press/letter_template.h"

#include <map>
#include <memory>
#include <pango/pangocairo.h>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace zegel::press {

inline constexpr double PointsPerMillimetre = 72.0 / 25.4;

/// How PDF wants its letters: outlines as drawn, no rounding to a screen's pixels.
void setForPaper(PangoContext& context);

/// A piece of text without line ends, in type.
struct Paragraph {
    struct Line {
        PangoLayoutLine* line;  ///< of `layout`
        double width;           ///< millimetres
    };

    GlibObjectPtr<PangoLayout> layout;
    std::vector<Line> lines;  ///< one or more
    bool fits = false;        ///< every line, in the field's width
    std::string missing;      ///< "U+0410": the first character that no typeface of the field has
};

/// What was set in type for a run, each once: most lines of an address, days and tries stand on
/// many letters. Never a code.
class SetParagraphs {
public:
    explicit SetParagraphs(PangoContext& context) : context_(context) {}

    /// In the field's type so many steps below its size, wrapped to its width. Stays where it is as
    /// long as this. `field` must live as long.
    const Paragraph& set(const Field& field, int step, std::string_view text);

private:
    /// A field's type at one size, and whether it may use a font that Pango took: fonts live as
    /// long as the paragraphs that are set in them.
    struct Type {
        const Field& field;
        std::unique_ptr<PangoFontDescription, GlibFreed<pango_font_description_free>> font;
        std::map<PangoFont*, bool> allowed;
    };

    Type& typeOf(const Field& field, int step);
    Paragraph made(Type& type, std::string_view text) const;
    static bool mayUse(Type& type, PangoFont& font);
    static std::string missingIn(Type& type, const Paragraph& paragraph);

    PangoContext& context_;
    std::map<std::pair<const Field*, int>, Type> types_;
    std::map<std::tuple<const Field*, int, std::string>, Paragraph, std::less<>> known_;
};

/// Steps of a tenth of a millimetre down from a field's size; the last one is its smallest itself.
int stepsOf(const Field& field);
/// Millimetres.
double sizeAt(const Field& field, int step);

}  // namespace zegel::press
