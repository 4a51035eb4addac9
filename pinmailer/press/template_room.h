#pragma once

#include "pinmailer/press/letter_template.h"

#include <librsvg/rsvg.h>
#include <pango/pango.h>

namespace zegel::press {

/// Holds every field against the fullest it may be: the longest name a certificate has, six lines
/// of an address, the longest reference. Codes are held by CodeType.
/// Errors: SettingUnusable naming file, line, field and what it has no room for.
void expectRoom(const LetterTemplate& loaded, PangoContext& context);

/// Holds the words of the fixed part against everything else: on the sheet, in the window only what
/// moves with it, over no field and not over the machine's mark.
/// Errors: SettingUnusable naming file, line and what they cover.
void expectFixedTextInPlace(const LetterTemplate& loaded, RsvgHandle& fixedPart);

}  // namespace zegel::press
