#include "pinmailer/press/typefaces.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/glib_pointers.h"

#include <cstdlib>
#include <fontconfig/fontconfig.h>
#include <memory>
#include <optional>
#include <pango/pangocairo.h>
#include <set>

namespace zegel::press {
namespace {

/// Debian's fonts-open-sans and fonts-dejavu-core, with the list of them that Debian keeps.
constexpr const char* ShippedTemplatesNeed = R"(<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts/truetype/open-sans</dir>
  <dir>/usr/share/fonts/truetype/dejavu</dir>
  <cachedir>/var/cache/fontconfig</cachedir>
</fontconfig>
)";

struct ConfigurationFreed {
    void operator()(FcConfig* configuration) const noexcept { FcConfigDestroy(configuration); }
};
using ConfigurationPtr = std::unique_ptr<FcConfig, ConfigurationFreed>;

/// The process's, for Pango and librsvg alike; what was drawn with another keeps that.
void use(const ConfigurationPtr& configuration) {
    if (configuration) FcConfigSetCurrent(configuration.get());
    pango_cairo_font_map_set_default(nullptr);
}

void useFew() {
    const ConfigurationPtr few{FcConfigCreate()};
    const auto* text = reinterpret_cast<const FcChar8*>(ShippedTemplatesNeed);
    if (few && FcConfigParseAndLoadFromMemory(few.get(), text, FcFalse) == FcTrue) use(few);
}

std::set<std::string> familiesHere() {
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

std::optional<std::string> missingOf(const std::vector<std::string>& families) {
    const auto here = familiesHere();
    for (const auto& family : families) {
        if (!here.contains(family)) return family;
    }
    return std::nullopt;
}

/// Whether the machine's own configuration is in use, with all that it names.
bool& usesAll() {
    static bool all = [] {
        const bool said = std::getenv("FONTCONFIG_FILE") != nullptr;
        if (!said) useFew();
        return said;
    }();
    return all;
}

}  // namespace

void prepareTypefaces(const std::vector<std::string>& families, const std::string& file) {
    auto& all = usesAll();
    auto missing = missingOf(families);
    if (missing && !all) {
        use(ConfigurationPtr{FcInitLoadConfigAndFonts()});
        all = true;
        missing = missingOf(families);
    }
    if (!missing) return;
    throw Failure{Fault::SettingUnusable,
                  file + ": the typeface \"" + *missing + "\" is not installed here"};
}

}  // namespace zegel::press
