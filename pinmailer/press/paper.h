#pragma once

#include "drivers/base/bytes.h"

#include <cairo.h>
#include <functional>

namespace zegel::press {

/// Takes a file, piece by piece, in order.
using PdfSink = std::function<void(ByteView)>;

/// Draws on sheets of A4, in points from the upper left corner.
using Drawing = std::function<void(cairo_t&)>;

/// A PDF of the sheets that `drawing` shows (cairo_show_page); made of the same, it is the same to
/// the octet. Errors: what `drawing` or `sink` throws; LetterUnusable when cairo gives up.
void drawPdf(const Drawing& drawing, const PdfSink& sink);

/// A PNG of one sheet, on white. Errors: as above.
void drawPicture(const Drawing& drawing, double dotsPerInch, const PdfSink& sink);

}  // namespace zegel::press
