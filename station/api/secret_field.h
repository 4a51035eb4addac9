#pragma once

#include "drivers/base/secret.h"

#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// A JSON body, and one of its texts apart from it.
struct PartedBody {
    std::string shown;                  ///< the body with stars in place of the secret
    std::optional<SecretBytes> secret;  ///< nothing when no such field stands at the top
};

/// Takes the text of the field `name` out of the JSON object in `body`, so that the body can be
/// read as any other, and the secret is never a text. Judges no more of the JSON than it has to;
/// the rest is for its reader.
/// Errors: OrderUnusable naming the line, when the body could hide the secret from it: no object,
/// broken off, the field twice or no plain text, or a field's name with an escape in it.
PartedBody partSecret(const SecretBytes& body, std::string_view name);

}  // namespace zegel::station
