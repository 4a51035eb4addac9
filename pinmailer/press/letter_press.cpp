#include "pinmailer/press/letter_press.h"

#include "pinmailer/press/code_type.h"
#include "pinmailer/press/fitted_text.h"
#include "pinmailer/press/letter_words.h"

#include <algorithm>
#include <cairo-pdf.h>
#include <exception>
#include <librsvg/rsvg.h>
#include <set>
#include <utility>

namespace zegel::press {
namespace {

constexpr double PageWidth = Sheet.width * PointsPerMillimetre;
constexpr double PageHeight = Sheet.height * PointsPerMillimetre;

using SurfacePtr = std::unique_ptr<cairo_surface_t, GlibFreed<cairo_surface_destroy>>;
using CairoPtr = std::unique_ptr<cairo_t, GlibFreed<cairo_destroy>>;
using PatternPtr = std::unique_ptr<cairo_pattern_t, GlibFreed<cairo_pattern_destroy>>;

/// What a C callback must not throw is kept until cairo is done.
struct Pouring {
    const PdfSink& sink;
    std::exception_ptr failed;
};

cairo_status_t pour(void* to, const unsigned char* octets, unsigned size) {
    auto& pouring = *static_cast<Pouring*>(to);
    try {
        pouring.sink({octets, size});
        return CAIRO_STATUS_SUCCESS;
    } catch (...) {
        pouring.failed = std::current_exception();
        return CAIRO_STATUS_WRITE_ERROR;
    }
}

std::set<std::string> installedFamilies() {
    PangoFontFamily** families = nullptr;
    int count = 0;
    pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
    const std::unique_ptr<PangoFontFamily*, GlibFreed<g_free>> owned{families};
    std::set<std::string> names;
    for (int at = 0; at < count; ++at) {
        names.insert(pango_font_family_get_name(families[at]));
    }
    return names;
}

void expectFamilies(const LetterTemplate& letterTemplate) {
    const auto installed = installedFamilies();
    for (const auto& family : letterTemplate.families()) {
        if (installed.contains(family)) continue;
        throw Failure{Fault::SettingUnusable, letterTemplate.path() + ": the typeface \"" + family +
                                                  "\" is not installed here"};
    }
}

GlibObjectPtr<RsvgHandle> parsed(const LetterTemplate& letterTemplate) {
    const auto& svg = letterTemplate.fixedPart();
    GError* raw = nullptr;
    GlibObjectPtr<RsvgHandle> handle{rsvg_handle_new_from_data(
        reinterpret_cast<const std::uint8_t*>(svg.data()), svg.size(), &raw)};
    const GlibErrorPtr error{raw};
    if (!handle) {
        throw Failure{Fault::SettingUnusable, letterTemplate.path() + ": " + error->message};
    }
    return handle;
}

const SecretBytes& codeFor(const Field& field, const seal::Codes& codes) {
    if (field.name == "pin") return codes.pin;
    return field.name == "puk" ? codes.puk : codes.revocation;
}

}  // namespace

struct LetterPress::Works {
    LetterTemplate letterTemplate;
    std::string language;
    GlibObjectPtr<RsvgHandle> fixedPart;
    GlibObjectPtr<PangoContext> context;
    std::vector<std::pair<const Field*, CodeType>> codeTypes;

    /// The words of one letter, laid out; the codes, known to fit.
    std::vector<FittedText> layOut(const OpenedLetter& opened) const {
        std::vector<FittedText> texts;
        for (const auto& field : letterTemplate.fields()) {
            if (field.isSecret()) continue;
            const auto words =
                field.before + wordsOf(field.name, opened.letter, language) + field.after;
            texts.push_back(FittedText::fit(*context, field, words));
        }
        for (const auto& [field, type] : codeTypes) {
            type.sizeFor(codeFor(*field, opened.codes).size());
        }
        return texts;
    }

    PatternPtr drawFixedPart(cairo_t& page) const {
        cairo_push_group(&page);
        const RsvgRectangle whole{0, 0, PageWidth, PageHeight};
        GError* raw = nullptr;
        const bool drawn =
            rsvg_handle_render_document(fixedPart.get(), &page, &whole, &raw) != FALSE;
        const GlibErrorPtr error{raw};
        PatternPtr group{cairo_pop_group(&page)};
        if (!drawn) {
            throw Failure{Fault::SettingUnusable, letterTemplate.path() + ": " + error->message};
        }
        return group;
    }

    void drawPages(cairo_t& page, std::span<const OpenedLetter> letters,
                   const std::vector<std::vector<FittedText>>& texts) const {
        const auto fixed = drawFixedPart(page);
        for (std::size_t at = 0; at < letters.size(); ++at) {
            cairo_set_source(&page, fixed.get());
            cairo_paint(&page);
            for (const auto& text : texts[at]) {
                text.draw(page);
            }
            for (const auto& [field, type] : codeTypes) {
                type.draw(page, codeFor(*field, letters[at].codes));
            }
            cairo_show_page(&page);
        }
    }
};

LetterPress::LetterPress(LetterTemplate letterTemplate, std::string language)
    : works_(new Works{std::move(letterTemplate), std::move(language), {}, {}, {}}) {
    expectFamilies(works_->letterTemplate);
    works_->fixedPart = parsed(works_->letterTemplate);
    works_->context.reset(pango_font_map_create_context(pango_cairo_font_map_get_default()));
    setForPaper(*works_->context);
    for (const auto& field : works_->letterTemplate.fields()) {
        if (field.isSecret()) {
            works_->codeTypes.emplace_back(
                &field, CodeType{*works_->context, field, works_->letterTemplate.path()});
        }
    }
}

LetterPress::LetterPress(LetterPress&&) noexcept = default;
LetterPress& LetterPress::operator=(LetterPress&&) noexcept = default;
LetterPress::~LetterPress() = default;

void LetterPress::print(std::span<const OpenedLetter> letters, const PdfSink& sink) {
    std::vector<std::vector<FittedText>> texts;
    for (const auto& letter : letters) {
        texts.push_back(works_->layOut(letter));
    }
    Pouring pouring{sink, nullptr};
    const SurfacePtr surface{
        cairo_pdf_surface_create_for_stream(pour, &pouring, PageWidth, PageHeight)};
    // The day of printing would make two prints of one letter differ, and helps nobody.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                   "1980-01-01T00:00:00Z");
    {
        const CairoPtr page{cairo_create(surface.get())};
        works_->drawPages(*page, letters, texts);
    }
    cairo_surface_finish(surface.get());
    if (pouring.failed) std::rethrow_exception(pouring.failed);
    const auto status = cairo_surface_status(surface.get());
    if (status != CAIRO_STATUS_SUCCESS) {
        throw Failure{Fault::LetterUnusable,
                      std::string{"the letter cannot be drawn: "} + cairo_status_to_string(status)};
    }
}

std::vector<std::size_t> groupsOf(std::size_t symbols, bool inFours) {
    if (symbols <= 5 && !inFours) return {symbols};
    const auto largest = !inFours && symbols % 3 == 0 && symbols % 4 != 0 ? 3U : 4U;
    const auto count = (symbols + largest - 1) / largest;
    if (inFours) {
        std::vector<std::size_t> groups(count, 4);
        if (symbols % 4 != 0) groups.back() = symbols % 4;
        return groups;
    }
    std::vector<std::size_t> groups(count, symbols / count);
    std::for_each_n(groups.begin(), symbols % count, [](std::size_t& group) { ++group; });
    return groups;
}

}  // namespace zegel::press
