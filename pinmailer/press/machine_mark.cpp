#include "pinmailer/press/machine_mark.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/fitted_text.h"

#include <dmtx.h>
#include <memory>

namespace zegel::press {
namespace {

constexpr double SmallestModule = 0.4;  // millimetres: five dots of a 300 dpi printer

struct FreeEncode {
    void operator()(DmtxEncode* encode) const noexcept { dmtxEncodeDestroy(&encode); }
};
using EncodePtr = std::unique_ptr<DmtxEncode, FreeEncode>;

using StencilPtr = std::unique_ptr<cairo_surface_t, GlibFreed<cairo_surface_destroy>>;
using StencilPatternPtr = std::unique_ptr<cairo_pattern_t, GlibFreed<cairo_pattern_destroy>>;

}  // namespace

MachineMark::MachineMark(const std::string& text, const Area& place) : place_(place) {
    const EncodePtr encode{dmtxEncodeCreate()};
    if (!encode) throw Failure{Fault::LetterUnusable, "there is no memory for a machine's mark"};
    dmtxEncodeSetProp(encode.get(), DmtxPropScheme, DmtxSchemeAscii);
    dmtxEncodeSetProp(encode.get(), DmtxPropSizeRequest, DmtxSymbolSquareAuto);
    dmtxEncodeSetProp(encode.get(), DmtxPropMarginSize, 0);
    dmtxEncodeSetProp(encode.get(), DmtxPropModuleSize, 1);
    dmtxEncodeSetProp(encode.get(), DmtxPropPixelPacking, DmtxPack8bppK);
    std::vector<unsigned char> octets{text.begin(), text.end()};
    if (dmtxEncodeDataMatrix(encode.get(), static_cast<int>(octets.size()), octets.data()) !=
        DmtxPass) {
        throw Failure{Fault::LetterUnusable,
                      "the letter's id is too long for a mark that machines read"};
    }
    const auto side = encode->region.symbolRows;
    side_ = static_cast<std::size_t>(side);
    if (place.width / (side + 2) < SmallestModule) {
        throw Failure{Fault::LetterUnusable,
                      "the letter's id is too long for the zone mark of its template"};
    }
    module_ = place.width / (side + 2) * PointsPerMillimetre;
    dark_.reserve(side_ * side_);
    for (int row = side - 1; row >= 0; --row) {  // the library counts from the bottom
        for (int column = 0; column < side; ++column) {
            int shade = 0;
            dmtxImageGetPixelValue(encode->image, column, row, 0, &shade);
            dark_.push_back(shade == 0);
        }
    }
}

void MachineMark::draw(cairo_t& page) const {
    // A stencil with one sample a module: as sharp as lines at any size, and a tenth of their work.
    const auto side = static_cast<int>(side_);
    const StencilPtr stencil{cairo_image_surface_create(CAIRO_FORMAT_A8, side, side)};
    const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(stencil.get()));
    auto* samples = cairo_image_surface_get_data(stencil.get());
    for (std::size_t row = 0; row < side_; ++row) {
        for (std::size_t column = 0; column < side_; ++column) {
            samples[row * stride + column] = dark_[row * side_ + column] ? 0xFF : 0;
        }
    }
    cairo_surface_mark_dirty(stencil.get());
    cairo_save(&page);
    cairo_translate(&page, place_.x * PointsPerMillimetre + module_,
                    place_.y * PointsPerMillimetre + module_);
    cairo_scale(&page, module_, module_);
    cairo_set_source_rgb(&page, 0, 0, 0);
    const StencilPatternPtr pattern{cairo_pattern_create_for_surface(stencil.get())};
    cairo_pattern_set_filter(pattern.get(), CAIRO_FILTER_NEAREST);
    cairo_mask(&page, pattern.get());
    cairo_restore(&page);
}

}  // namespace zegel::press
