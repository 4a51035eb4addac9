#include "pinmailer/press/paper.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/fitted_text.h"
#include "pinmailer/press/letter_template.h"

#include <cairo-pdf.h>
#include <cmath>
#include <exception>
#include <memory>
#include <string>

namespace zegel::press {
namespace {

constexpr double PageWidth = Sheet.width * PointsPerMillimetre;
constexpr double PageHeight = Sheet.height * PointsPerMillimetre;

using SurfacePtr = std::unique_ptr<cairo_surface_t, GlibFreed<cairo_surface_destroy>>;
using CairoPtr = std::unique_ptr<cairo_t, GlibFreed<cairo_destroy>>;

/// What a C callback must not throw is kept until cairo is done.
struct Pouring {
    const PdfSink& sink;
    std::exception_ptr failed;

    void expectDone(cairo_status_t status) const {
        if (failed) std::rethrow_exception(failed);
        if (status == CAIRO_STATUS_SUCCESS) return;
        throw Failure{Fault::LetterUnusable,
                      std::string{"the letter cannot be drawn: "} + cairo_status_to_string(status)};
    }
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

}  // namespace

void drawPdf(const Drawing& drawing, const PdfSink& sink) {
    Pouring pouring{sink, nullptr};
    const SurfacePtr surface{
        cairo_pdf_surface_create_for_stream(pour, &pouring, PageWidth, PageHeight)};
    // The day of printing would make two prints of one letter differ, and helps nobody.
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE,
                                   "1980-01-01T00:00:00Z");
    {
        const CairoPtr page{cairo_create(surface.get())};
        drawing(*page);
        pouring.expectDone(cairo_status(page.get()));
    }
    cairo_surface_finish(surface.get());
    pouring.expectDone(cairo_surface_status(surface.get()));
}

void drawPicture(const Drawing& drawing, double dotsPerInch, const PdfSink& sink) {
    const auto scale = dotsPerInch / 72;
    const SurfacePtr surface{cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(PageWidth * scale)),
        static_cast<int>(std::lround(PageHeight * scale)))};
    {
        const CairoPtr page{cairo_create(surface.get())};
        cairo_set_source_rgb(page.get(), 1, 1, 1);
        cairo_paint(page.get());
        cairo_scale(page.get(), scale, scale);
        drawing(*page);
    }
    Pouring pouring{sink, nullptr};
    pouring.expectDone(cairo_surface_write_to_png_stream(surface.get(), pour, &pouring));
}

}  // namespace zegel::press
