#pragma once

#include "drivers/base/bytes.h"

namespace zegel::press {

/// Checks that a sealed envelope has exactly the form that the station writes, before any key
/// touches it: AuthEnvelopedData and not the older EnvelopedData, AES-256-GCM with a nonce of 12
/// octets and a tag of all 16 (CMS_decrypt would accept a tag cut to 4), recipients by RSAES-OAEP
/// or by ECDH with SHA-256, and nothing beside these.
/// Returns how many octets are sealed in it.
/// Errors: SealBroken naming the part. Sources: RFC 5083 2.1, RFC 5084 3.2, RFC 5652 6.2, RFC 5753.
std::size_t expectEnvelopeForm(ByteView der);

}  // namespace zegel::press
