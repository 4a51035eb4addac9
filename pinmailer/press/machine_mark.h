#pragma once

#include "pinmailer/press/letter_template.h"

#include <cairo.h>
#include <cstddef>
#include <string>
#include <vector>

namespace zegel::press {

/// The mark that a machine reads when it inserts letters into envelopes: a Data Matrix with an
/// error correction that survives a good part of it. Sharp at any size.
/// Source: ISO/IEC 16022, ECC 200.
class MachineMark {
public:
    /// In `place`, a square, with one module of quiet around it.
    /// Errors: LetterUnusable when the text is too long for modules that a printer prints well.
    MachineMark(const std::string& text, const Area& place);

    /// Dark ones, row by row from the top: a square, without the quiet around it.
    const std::vector<bool>& modules() const noexcept { return dark_; }

    /// In black, on a surface in points.
    void draw(cairo_t& page) const;

private:
    Area place_;
    std::size_t side_ = 0;    ///< modules, without the quiet zone
    double module_ = 0;       ///< points
    std::vector<bool> dark_;  ///< row by row from the top
};

}  // namespace zegel::press
