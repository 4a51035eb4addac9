#pragma once

#include <string>

namespace zegel::press {

/// Whether a person at the terminal answers with the whole word "yes". Nobody but a person may
/// answer: neither standard input nor an option. Errors: RequestRefused without a terminal.
bool personAgrees(const std::string& question);

}  // namespace zegel::press
