#pragma once

#include "drivers/base/bytes.h"

namespace zegel::piv {

/// RFC 1952, as the certificate objects of PIV use it. Errors: Defect when zlib fails.
Bytes gzipped(ByteView plain);

/// Also takes zlib's own wrapping (RFC 1950), which some issuers write.
/// Errors: CardUntrusted when it is broken, cut short, or gives more than `longest` octets.
Bytes gunzipped(ByteView packed, std::size_t longest);

}  // namespace zegel::piv
