#pragma once

#include "station/authority/authority.h"

namespace zegel::station {

/// The PKCS#10 request for a wish, signed by whoever holds the key, and verified.
/// Errors: CardUntrusted when the signature does not verify under the wish's key, OrderUnusable
/// for a subject that cannot be written, Defect when key and signature scheme do not fit.
///
/// Source: RFC 2986; RFC 4055 for RSASSA-PSS, RFC 5758 for ECDSA.
Bytes certificateRequestFor(const CertificateWish& wish, const RequestSigner& sign);

}  // namespace zegel::station
