#pragma once

#include "pinmailer/press/glib_pointers.h"
#include "pinmailer/press/letter_template.h"

#include <cairo.h>
#include <librsvg/rsvg.h>

namespace zegel::press {

/// What all letters of a template have in common: read once, drawn once, and in a PDF of many pages
/// there once. For one thread.
class FixedPart {
public:
    /// Errors: SettingUnusable naming the template and what librsvg cannot read.
    explicit FixedPart(const LetterTemplate& letterTemplate);

    /// On a sheet in points.
    /// Errors: SettingUnusable naming the template and what librsvg says.
    void draw(cairo_t& sheet) const;

    /// As `draw`, on one after the other page of a PDF, from its first page on.
    void putOnPage(cairo_t& page, bool first);

    RsvgHandle& svg() const noexcept { return *svg_; }

private:
    using PatternPtr = std::unique_ptr<cairo_pattern_t, GlibFreed<cairo_pattern_destroy>>;

    void draw(cairo_t& sheet, double unitsPerMillimetre) const;
    void record(cairo_t& page);

    std::string path_;
    GlibObjectPtr<RsvgHandle> svg_;
    PatternPtr whole_;    ///< from the first PDF on
    PatternPtr standIn_;  ///< for it, on every page but the first
};

}  // namespace zegel::press
