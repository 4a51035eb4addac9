#include "pinmailer/press/code_type.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/fitted_text.h"
#include "pinmailer/press/letter_press.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace zegel::press {
namespace {

constexpr std::string_view Alphabet = "0123456789ABCDEFGHJKMNPQRSTUVWXYZ";
constexpr double Gap = 0.55;  // between groups, as a part of the size
constexpr std::size_t MostSymbols = 24;
constexpr double ProbeSize = 100;

using ScaledPtr = std::unique_ptr<cairo_scaled_font_t, GlibFreed<cairo_scaled_font_destroy>>;
using OptionsPtr = std::unique_ptr<cairo_font_options_t, GlibFreed<cairo_font_options_destroy>>;

OptionsPtr paperOptions() {
    OptionsPtr options{cairo_font_options_create()};
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    return options;
}

ScaledPtr scaled(cairo_font_face_t* face, double size) {
    cairo_matrix_t font;
    cairo_matrix_t page;
    cairo_matrix_init_scale(&font, size, size);
    cairo_matrix_init_identity(&page);
    return ScaledPtr{cairo_scaled_font_create(face, &font, &page, paperOptions().get())};
}

[[noreturn]] void refuse(const Field& field, const std::string& file, const std::string& why) {
    throw Failure{Fault::SettingUnusable, file + ":" + std::to_string(field.line) + ": the field " +
                                              field.name + " is set in " + field.families +
                                              ", which " + why};
}

GlibObjectPtr<PangoFont> fontFor(PangoContext& context, const Field& field,
                                 const std::string& file) {
    const std::unique_ptr<PangoFontDescription, GlibFreed<pango_font_description_free>> wanted{
        pango_font_description_new()};
    pango_font_description_set_family(wanted.get(), field.families.c_str());
    pango_font_description_set_weight(wanted.get(), static_cast<PangoWeight>(field.weight));
    pango_font_description_set_absolute_size(wanted.get(), ProbeSize * PANGO_SCALE);
    GlibObjectPtr<PangoFont> font{pango_context_load_font(&context, wanted.get())};
    if (!font) refuse(field, file, "cannot be loaded");
    return font;
}

cairo_glyph_t glyphOf(const Field& field, const std::string& file, cairo_scaled_font_t& font,
                      char symbol) {
    cairo_glyph_t* glyphs = nullptr;
    int count = 0;
    cairo_scaled_font_text_to_glyphs(&font, 0, 0, &symbol, 1, &glyphs, &count, nullptr, nullptr,
                                     nullptr);
    const std::unique_ptr<cairo_glyph_t, GlibFreed<cairo_glyph_free>> owned{glyphs};
    if (count != 1 || glyphs[0].index == 0) {
        refuse(field, file, std::string{"lacks the symbol "} + symbol);
    }
    return glyphs[0];
}

/// Places of glyphs tell the code as well as its text would: wiped when they die.
struct Placed {
    std::array<cairo_glyph_t, MostSymbols> glyphs{};
    std::array<cairo_text_cluster_t, MostSymbols> clusters{};

    Placed() = default;
    ~Placed() { OPENSSL_cleanse(glyphs.data(), sizeof glyphs); }
    Placed(const Placed&) = delete;
    Placed& operator=(const Placed&) = delete;
};

}  // namespace

CodeType::CodeType(PangoContext& context, const Field& field, const std::string& file)
    : field_(&field), face_(nullptr, cairo_font_face_destroy) {
    const auto font = fontFor(context, field, file);
    auto* probe = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font.get()));
    face_.reset(cairo_font_face_reference(cairo_scaled_font_get_font_face(probe)));
    const auto measured = scaled(face_.get(), ProbeSize);
    for (const auto symbol : Alphabet) {
        const auto glyph = glyphOf(field, file, *measured, symbol);
        cairo_text_extents_t extents;
        cairo_scaled_font_glyph_extents(measured.get(), &glyph, 1, &extents);
        const auto advance = extents.x_advance / ProbeSize;
        if (advance_ == 0) advance_ = advance;
        if (std::abs(advance - advance_) > 0.001) {
            refuse(field, file, "is not of one width; codes need that");
        }
        glyphs_[static_cast<unsigned char>(symbol)] = glyph.index;
    }
}

std::size_t CodeType::gapsIn(std::size_t symbols) const {
    return groupsOf(symbols, field_->name == "revocation").size() - 1;
}

double CodeType::sizeFor(std::size_t symbols) const {
    const auto widthAtOne =
        static_cast<double>(symbols) * advance_ + static_cast<double>(gapsIn(symbols)) * Gap;
    const auto size = std::min(field_->size, field_->width / widthAtOne);
    if (size < field_->smallest || symbols > MostSymbols) {
        throw Failure{Fault::LetterUnusable,
                      "the " + field_->name + " does not fit its place on the letter"};
    }
    return size;
}

void CodeType::expectRoom(std::size_t symbols, const std::string& file) const {
    try {
        sizeFor(symbols);
    } catch (const Failure&) {
        refuse(*field_, file,
               "does not fit " + std::to_string(symbols) + " symbols into its width");
    }
}

void CodeType::draw(cairo_t& page, const SecretBytes& code) const {
    const auto size = sizeFor(code.size()) * PointsPerMillimetre;
    const auto groups = groupsOf(code.size(), field_->name == "revocation");
    const auto width = size * (static_cast<double>(code.size()) * advance_ +
                               static_cast<double>(groups.size() - 1) * Gap);
    const auto anchor = field_->x * PointsPerMillimetre;
    auto x = field_->anchor == Field::Anchor::Start    ? anchor
             : field_->anchor == Field::Anchor::Middle ? anchor - width / 2
                                                       : anchor - width;
    code.disclose(Disclosure::ToPaper, [&](ByteView symbols) {
        Placed placed;
        std::size_t at = 0;
        for (const auto group : groups) {
            for (const auto end = at + group; at < end; ++at) {
                placed.glyphs[at] = {glyphs_.at(symbols[at]), x, field_->y * PointsPerMillimetre};
                placed.clusters[at] = {1, 1};
                x += size * advance_;
            }
            x += size * Gap;
        }
        cairo_set_source_rgb(&page, field_->colour[0], field_->colour[1], field_->colour[2]);
        cairo_set_scaled_font(&page, scaled(face_.get(), size).get());
        const auto count = static_cast<int>(symbols.size());
        cairo_show_text_glyphs(&page, reinterpret_cast<const char*>(symbols.data()), count,
                               placed.glyphs.data(), count, placed.clusters.data(), count,
                               static_cast<cairo_text_cluster_flags_t>(0));
    });
}

}  // namespace zegel::press
