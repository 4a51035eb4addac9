#include "pinmailer/press/template_room.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/fitted_text.h"
#include "pinmailer/press/glib_pointers.h"

#include <optional>
#include <string>

namespace zegel::press {
namespace {

[[noreturn]] void refuse(const LetterTemplate& loaded, int line, const std::string& why) {
    throw Failure{Fault::SettingUnusable, loaded.path() + ":" + std::to_string(line) + ": " + why};
}

/// The ink of one text in millimetres; nothing when it has none.
std::optional<Area> inkOf(RsvgHandle& fixedPart, const FixedText& text) {
    // librsvg 2.54 measures in the document's own pixels, whatever it is told of a viewport.
    double width = 0;
    double height = 0;
    rsvg_handle_get_intrinsic_size_in_pixels(&fixedPart, &width, &height);
    const RsvgRectangle whole{0, 0, width, height};
    RsvgRectangle ink{};
    GError* raw = nullptr;
    const bool known = rsvg_handle_get_geometry_for_layer(&fixedPart, ("#" + text.id).c_str(),
                                                          &whole, &ink, nullptr, &raw) != FALSE;
    const GlibErrorPtr error{raw};
    if (!known || ink.width <= 0 || ink.height <= 0) return std::nullopt;
    const auto scale = Sheet.width / width;
    return Area{ink.x * scale, ink.y * scale, ink.width * scale, ink.height * scale};
}

void expectInPlace(const LetterTemplate& loaded, const FixedText& text, const Area& ink) {
    if (!Sheet.holds(ink)) refuse(loaded, text.line, "the text leaves the sheet");
    if (text.moves && !loaded.window().holds(ink)) {
        refuse(loaded, text.line, "the text moves with the window and leaves it");
    }
    if (!text.moves && loaded.window().meets(ink)) {
        refuse(loaded, text.line, "the text would show in the window");
    }
    if (loaded.mark().meets(ink)) refuse(loaded, text.line, "the text covers the zone mark");
    for (const auto& field : loaded.fields()) {
        if (!field.area().meets(ink)) continue;
        refuse(loaded, text.line, "the text runs into the field " + field.name);
    }
}

}  // namespace

void expectRoom(const LetterTemplate& loaded, PangoContext& context) {
    SetParagraphs paragraphs{context};
    for (const auto& field : loaded.fields()) {
        const auto* rule = loaded.kind().field(field.name);
        if (field.isSecret() || rule == nullptr) continue;
        try {
            FittedText::fitSmallest(paragraphs, field,
                                    field.before + std::string{rule->fullest} + field.after);
        } catch (const Failure&) {
            refuse(loaded, field.line,
                   "the field " + field.name + " has no room for the longest that it may hold, \"" +
                       std::string{rule->fullest} +
                       "\"; give it more zegel:width or zegel:height, or a smaller zegel:smallest");
        }
    }
}

void expectFixedTextInPlace(const LetterTemplate& loaded, RsvgHandle& fixedPart) {
    for (const auto& text : loaded.fixedTexts()) {
        if (const auto ink = inkOf(fixedPart, text)) expectInPlace(loaded, text, *ink);
    }
}

}  // namespace zegel::press
