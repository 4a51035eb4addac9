#pragma once

#include "pinmailer/press/letter_template.h"

#include <vector>

namespace zegel::press {

/// Every way a template of this kind may have to be printed: each choice made each way, each part
/// that may be missing there and not.
std::vector<Variant> everyVariant(const LetterKind& kind);

}  // namespace zegel::press
