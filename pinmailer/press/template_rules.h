#pragma once

#include "pinmailer/press/letter_template.h"

namespace zegel::press {

/// Holds a template against the rules of config/letters/README.md: which fields there are, and
/// where they and the zones stand. Errors: SettingUnusable naming file, line and rule.
void expectRules(const LetterTemplate& loaded, const Variant& variant);

}  // namespace zegel::press
