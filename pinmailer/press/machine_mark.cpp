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

}  // namespace

MachineMark::MachineMark(const std::string& text, const Area& place) : place_(place) {
    const EncodePtr encode{dmtxEncodeCreate()};
    if (!encode) throw Failure{Fault::LetterUnusable, "there is no memory for a machine's mark"};
    dmtxEncodeSetProp(encode.get(), DmtxPropScheme, DmtxSchemeAscii);
    dmtxEncodeSetProp(encode.get(), DmtxPropSizeRequest, DmtxSymbolSquareAuto);
    dmtxEncodeSetProp(encode.get(), DmtxPropMarginSize, 0);
    dmtxEncodeSetProp(encode.get(), DmtxPropModuleSize, 1);
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
            const auto module =
                dmtxSymbolModuleStatus(encode->message, encode->region.sizeIdx, row, column);
            dark_.push_back((module & DmtxModuleOnRGB) != 0);
        }
    }
}

void MachineMark::draw(cairo_t& page) const {
    const auto left = place_.x * PointsPerMillimetre + module_;
    const auto top = place_.y * PointsPerMillimetre + module_;
    for (std::size_t row = 0; row < side_; ++row) {
        for (std::size_t from = 0; from < side_;) {
            if (!dark_[row * side_ + from]) {
                ++from;
                continue;
            }
            auto to = from;
            while (to < side_ && dark_[row * side_ + to])
                ++to;
            cairo_rectangle(&page, left + static_cast<double>(from) * module_,
                            top + static_cast<double>(row) * module_,
                            static_cast<double>(to - from) * module_, module_);
            from = to;
        }
    }
    cairo_set_source_rgb(&page, 0, 0, 0);
    cairo_fill(&page);
}

}  // namespace zegel::press
