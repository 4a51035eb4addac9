#include "pinmailer/press/fitted_text.h"

#include "drivers/base/failure.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <strings.h>
#include <utility>

namespace zegel::press {
namespace {

constexpr double SizeStep = 0.1;  // millimetres

using DescriptionPtr =
    std::unique_ptr<PangoFontDescription, GlibFreed<pango_font_description_free>>;

int pangoUnits(double millimetres) {
    return static_cast<int>(std::lround(millimetres * PointsPerMillimetre * PANGO_SCALE));
}

GlibObjectPtr<PangoLayout> layoutFor(PangoContext& context, const Field& field,
                                     const std::string& text) {
    GlibObjectPtr<PangoLayout> layout{pango_layout_new(&context)};
    pango_layout_set_width(layout.get(), pangoUnits(field.width));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
}

void setSize(PangoLayout& layout, const Field& field, double size) {
    const DescriptionPtr font{pango_font_description_new()};
    pango_font_description_set_family(font.get(), field.families.c_str());
    pango_font_description_set_weight(font.get(), static_cast<PangoWeight>(field.weight));
    pango_font_description_set_absolute_size(font.get(), pangoUnits(size));
    pango_layout_set_font_description(&layout, font.get());
}

int widthOf(PangoLayoutLine& line) {
    PangoRectangle logical{};
    pango_layout_line_get_extents(&line, nullptr, &logical);
    return logical.width;
}

bool fits(PangoLayout& layout, const Field& field, double scale) {
    const auto leading = field.leading * scale;
    const auto most = 1 + static_cast<int>(std::floor(field.height / leading + 0.001));
    const auto lines = pango_layout_get_line_count(&layout);
    if (lines > most) return false;
    for (int line = 0; line < lines; ++line) {
        if (widthOf(*pango_layout_get_line_readonly(&layout, line)) > pangoUnits(field.width)) {
            return false;
        }
    }
    return true;
}

bool mayUse(PangoFont& font, const Field& field) {
    const DescriptionPtr description{pango_font_describe(&font)};
    const std::string family = pango_font_description_get_family(description.get());
    std::string_view rest = field.families;
    while (!rest.empty()) {
        const auto end = rest.find(", ");
        const auto allowed = rest.substr(0, end);
        if (allowed.size() == family.size() &&
            strncasecmp(allowed.data(), family.data(), family.size()) == 0) {
            return true;
        }
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
    }
    return false;
}

/// Where in the text the first character stands that a run cannot show.
std::optional<int> missingIn(const PangoLayoutRun& run, const Field& field) {
    if (!mayUse(*run.item->analysis.font, field)) return run.item->offset;
    for (int at = 0; at < run.glyphs->num_glyphs; ++at) {
        if ((run.glyphs->glyphs[at].glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) {
            return run.item->offset + run.glyphs->log_clusters[at];
        }
    }
    return std::nullopt;
}

void expectEveryCharacter(PangoLayout& layout, const Field& field) {
    for (int line = 0; line < pango_layout_get_line_count(&layout); ++line) {
        for (auto* runs = pango_layout_get_line_readonly(&layout, line)->runs; runs != nullptr;
             runs = runs->next) {
            const auto missing = missingIn(*static_cast<PangoLayoutRun*>(runs->data), field);
            if (!missing) continue;
            std::array<char, 16> code{};
            std::snprintf(code.data(), code.size(), "U+%04X",
                          g_utf8_get_char(pango_layout_get_text(&layout) + *missing));
            throw Failure{Fault::LetterUnusable,
                          "the " + field.name + " holds " + code.data() + ", which " +
                              field.families +
                              " cannot print; write it otherwise, or give the template a "
                              "typeface that has it"};
        }
    }
}

}  // namespace

void setForPaper(PangoContext& context) {
    const std::unique_ptr<cairo_font_options_t, GlibFreed<cairo_font_options_destroy>> options{
        cairo_font_options_create()};
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(&context, options.get());
    pango_cairo_context_set_resolution(&context, 72);
    pango_context_set_round_glyph_positions(&context, FALSE);
}

FittedText FittedText::fit(PangoContext& context, const Field& field, const std::string& text) {
    auto layout = layoutFor(context, field, text);
    const auto steps = static_cast<int>(std::lround((field.size - field.smallest) / SizeStep));
    for (int step = 0; step <= steps; ++step) {
        const auto size = field.size - step * SizeStep;
        const auto scale = size / field.size;
        setSize(*layout, field, size);
        if (!fits(*layout, field, scale)) continue;
        expectEveryCharacter(*layout, field);
        return {field, std::move(layout), scale};
    }
    expectEveryCharacter(*layout, field);
    throw Failure{Fault::LetterUnusable, "the " + field.name +
                                             " does not fit its place on the letter, not even in "
                                             "the smallest type; shorten it"};
}

FittedText FittedText::again() const {
    auto* layout = layout_.get();
    g_object_ref(layout);
    return {*field_, GlibObjectPtr<PangoLayout>{layout}, scale_};
}

void FittedText::draw(cairo_t& page) const {
    cairo_set_source_rgb(&page, field_->colour[0], field_->colour[1], field_->colour[2]);
    for (int at = 0; at < pango_layout_get_line_count(layout_.get()); ++at) {
        auto* line = pango_layout_get_line_readonly(layout_.get(), at);
        const auto width = widthOf(*line) / (PANGO_SCALE * PointsPerMillimetre);
        const auto left = field_->anchor == Field::Anchor::Start    ? field_->x
                          : field_->anchor == Field::Anchor::Middle ? field_->x - width / 2
                                                                    : field_->x - width;
        const auto baseline = field_->y + at * field_->leading * scale_;
        cairo_move_to(&page, left * PointsPerMillimetre, baseline * PointsPerMillimetre);
        pango_cairo_show_layout_line(&page, line);
    }
}

}  // namespace zegel::press
