#pragma once

#include "pinmailer/press/print_room.h"

#include <span>

namespace zegel::press {

/// Gives the record's content key to `cms`, by the first of our keys that one of its recipients
/// names (issuer and serial, or key identifier: RFC 5652, 6.2). OpenSSL's own way would hide from
/// us whether a key fits, and whether a token failed. Errors: SealBroken when none of our keys is
/// named, or the named one does not open it; TokenUnavailable when the token did not answer.
void unlock(CMS_ContentInfo& cms, std::span<const PrintRoomKey> keys);

}  // namespace zegel::press
