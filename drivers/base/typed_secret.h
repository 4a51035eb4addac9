#pragma once

#include "drivers/base/secret.h"

#include <string>
#include <string_view>

namespace zegel {

/// The first line of a file, "-" being standard input, octet by octet into a buffer that is wiped:
/// at most 1024 octets, nothing is buffered elsewhere. `what`: "the password file", for messages.
/// Errors: SettingUnusable when the file cannot be opened.
SecretBytes readSecretLine(const std::string& path, std::string_view what);

/// What a person types at the terminal in answer to `question`, which does not show it.
/// Errors: SettingUnusable saying `otherwise` when there is no terminal.
SecretBytes askSecret(const std::string& question, const std::string& otherwise);

}  // namespace zegel
