#include "pinmailer/press/fixed_part.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/fitted_text.h"

#include <string_view>

namespace zegel::press {
namespace {

using PatternPtr = std::unique_ptr<cairo_pattern_t, GlibFreed<cairo_pattern_destroy>>;

constexpr std::string_view OneOfAPdf = "zegel:fixed-part";

/// Of all sources with one name a PDF holds the first (CAIRO_MIME_TYPE_UNIQUE_ID).
void nameAlike(cairo_pattern_t& pattern) {
    cairo_surface_t* surface = nullptr;
    cairo_pattern_get_surface(&pattern, &surface);
    cairo_surface_set_mime_data(surface, CAIRO_MIME_TYPE_UNIQUE_ID,
                                reinterpret_cast<const unsigned char*>(OneOfAPdf.data()),
                                OneOfAPdf.size(), nullptr, nullptr);
}

/// What `drawing` draws in millimetres, by the one name. The device's unit is a millimetre here as
/// in the template: librsvg sets each text anew for every scale between the two, in threads of
/// Pango's that look for its typeface.
template <typename Drawing>
PatternPtr recorded(cairo_t& page, const Drawing& drawing) {
    cairo_save(&page);
    cairo_identity_matrix(&page);
    cairo_rectangle(&page, 0, 0, Sheet.width, Sheet.height);
    cairo_clip(&page);
    cairo_push_group(&page);
    drawing();
    PatternPtr made{cairo_pop_group(&page)};
    cairo_restore(&page);
    nameAlike(*made);
    return made;
}

}  // namespace

FixedPart::FixedPart(const LetterTemplate& letterTemplate) : path_(letterTemplate.path()) {
    const auto& svg = letterTemplate.fixedPart();
    GError* raw = nullptr;
    svg_.reset(rsvg_handle_new_from_data(reinterpret_cast<const std::uint8_t*>(svg.data()),
                                         svg.size(), &raw));
    const GlibErrorPtr error{raw};
    if (!svg_) throw Failure{Fault::SettingUnusable, path_ + ": " + error->message};
}

void FixedPart::draw(cairo_t& sheet) const {
    draw(sheet, PointsPerMillimetre);
}

void FixedPart::draw(cairo_t& sheet, double unitsPerMillimetre) const {
    const RsvgRectangle whole{0, 0, Sheet.width * unitsPerMillimetre,
                              Sheet.height * unitsPerMillimetre};
    GError* raw = nullptr;
    const bool drawn = rsvg_handle_render_document(svg_.get(), &sheet, &whole, &raw) != FALSE;
    const GlibErrorPtr error{raw};
    if (!drawn) throw Failure{Fault::SettingUnusable, path_ + ": " + error->message};
}

void FixedPart::record(cairo_t& page) {
    whole_ = recorded(page, [&] { draw(page, 1); });
    standIn_ = recorded(page, [&] {
        cairo_set_source_rgb(&page, 1, 1, 1);
        cairo_paint(&page);
    });
}

void FixedPart::putOnPage(cairo_t& page, bool first) {
    if (!whole_) record(page);
    cairo_save(&page);
    cairo_scale(&page, PointsPerMillimetre, PointsPerMillimetre);
    // Cairo measures all that a page is painted with, page by page, also what it has written
    // already: of the fixed part, a quarter of a run's time. A blank sheet of the same name is
    // measured in no time, and what goes on the page is what the PDF holds by that name.
    cairo_set_source(&page, first ? whole_.get() : standIn_.get());
    cairo_paint(&page);
    cairo_restore(&page);
}

}  // namespace zegel::press
