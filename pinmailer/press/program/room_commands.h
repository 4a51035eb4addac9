#pragma once

#include "pinmailer/press/program/arguments.h"
#include "pinmailer/press/program/commands.h"

namespace zegel::press {

/// What the print room does with the station's letters, by its settings (--settings FILE, else
/// ZEGEL_PRINT_ROOM). One line a letter on standard output.

/// Lists letters.
Ending lettersBy(Arguments& arguments);
/// Prints what is released; or makes one letter as a file, after a question.
Ending printBy(Arguments& arguments);
/// Says what became of a letter that is uncertain.
Ending settleBy(Arguments& arguments);
/// Says which letters went into the post.
Ending postedBy(Arguments& arguments);

}  // namespace zegel::press
