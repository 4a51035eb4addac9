#include "pinmailer/press/set_paragraphs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <strings.h>
#include <utility>

namespace zegel::press {
namespace {

constexpr double SizeStep = 0.1;

int pangoUnits(double millimetres) {
    return static_cast<int>(std::lround(millimetres * PointsPerMillimetre * PANGO_SCALE));
}

int widthOf(PangoLayoutLine& line) {
    PangoRectangle logical{};
    pango_layout_line_get_extents(&line, nullptr, &logical);
    return logical.width;
}

std::vector<Paragraph::Line> linesOf(PangoLayout& layout) {
    std::vector<Paragraph::Line> lines;
    const auto count = pango_layout_get_line_count(&layout);
    for (int at = 0; at < count; ++at) {
        auto* line = pango_layout_get_line_readonly(&layout, at);
        lines.push_back({line, widthOf(*line) / (PANGO_SCALE * PointsPerMillimetre)});
    }
    return lines;
}

bool names(std::string_view families, std::string_view family) {
    while (!families.empty()) {
        const auto end = families.find(", ");
        const auto one = families.substr(0, end);
        if (one.size() == family.size() &&
            strncasecmp(one.data(), family.data(), family.size()) == 0) {
            return true;
        }
        families = end == std::string_view::npos ? std::string_view{} : families.substr(end + 2);
    }
    return false;
}

std::optional<int> unknownGlyphIn(const PangoLayoutRun& run) {
    for (int at = 0; at < run.glyphs->num_glyphs; ++at) {
        if ((run.glyphs->glyphs[at].glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) {
            return run.item->offset + run.glyphs->log_clusters[at];
        }
    }
    return std::nullopt;
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

int stepsOf(const Field& field) {
    constexpr double Written = 0.001;  // millimetres, below which two sizes are one
    return static_cast<int>(std::ceil((field.size - field.smallest - Written) / SizeStep));
}

double sizeAt(const Field& field, int step) {
    return std::max(field.smallest, field.size - step * SizeStep);
}

const Paragraph& SetParagraphs::set(const Field& field, int step, std::string_view text) {
    const auto known = known_.find(std::tuple{&field, step, text});
    if (known != known_.end()) return known->second;
    return known_
        .emplace(std::tuple{&field, step, std::string{text}}, made(typeOf(field, step), text))
        .first->second;
}

SetParagraphs::Type& SetParagraphs::typeOf(const Field& field, int step) {
    const auto known = types_.find({&field, step});
    if (known != types_.end()) return known->second;
    Type type{field, {}, {}};
    type.font.reset(pango_font_description_new());
    pango_font_description_set_family(type.font.get(), field.families.c_str());
    pango_font_description_set_weight(type.font.get(), static_cast<PangoWeight>(field.weight));
    pango_font_description_set_absolute_size(type.font.get(), pangoUnits(sizeAt(field, step)));
    return types_.emplace(std::pair{&field, step}, std::move(type)).first->second;
}

Paragraph SetParagraphs::made(Type& type, std::string_view text) const {
    Paragraph paragraph;
    paragraph.layout.reset(pango_layout_new(&context_));
    auto& layout = *paragraph.layout;
    pango_layout_set_font_description(&layout, type.font.get());
    pango_layout_set_wrap(&layout, PANGO_WRAP_WORD);
    pango_layout_set_text(&layout, text.data(), static_cast<int>(text.size()));
    const auto inWidth = [&](const Paragraph::Line& line) {
        return widthOf(*line.line) <= pangoUnits(type.field.width);
    };
    paragraph.lines = linesOf(layout);
    // Pango looks for line ends only where there is a width: most text fits on its line.
    if (!std::ranges::all_of(paragraph.lines, inWidth)) {
        pango_layout_set_width(&layout, pangoUnits(type.field.width));
        paragraph.lines = linesOf(layout);
    }
    paragraph.fits = std::ranges::all_of(paragraph.lines, inWidth);
    paragraph.missing = missingIn(type, paragraph);
    return paragraph;
}

bool SetParagraphs::mayUse(Type& type, PangoFont& font) {
    const auto [place, fresh] = type.allowed.emplace(&font, false);
    if (fresh) {
        const std::unique_ptr<PangoFontDescription, GlibFreed<pango_font_description_free>> about{
            pango_font_describe(&font)};
        place->second = names(type.field.families, pango_font_description_get_family(about.get()));
    }
    return place->second;
}

std::string SetParagraphs::missingIn(Type& type, const Paragraph& paragraph) {
    for (const auto& line : paragraph.lines) {
        for (auto* runs = line.line->runs; runs != nullptr; runs = runs->next) {
            const auto& run = *static_cast<PangoLayoutRun*>(runs->data);
            const auto missing = mayUse(type, *run.item->analysis.font)
                                     ? unknownGlyphIn(run)
                                     : std::optional{run.item->offset};
            if (!missing) continue;
            std::array<char, 16> code{};
            std::snprintf(
                code.data(), code.size(), "U+%04X",
                g_utf8_get_char(pango_layout_get_text(paragraph.layout.get()) + *missing));
            return code.data();
        }
    }
    return "";
}

}  // namespace zegel::press
