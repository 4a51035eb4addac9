#pragma once

#include "drivers/base/openssl.h"

#include <string>

namespace zegel::hwsim {

/// An error message in place of an answer (a PKIMessage, DER), with the same header and
/// certificates and protected anew: rejection with one bit of PKIFailureInfo. OpenSSL's server
/// says badRequest for whatever it refuses itself. The key is EC, the protection ECDSA with
/// SHA-256, as the answer's header says. Errors: Defect.
///
/// Source: RFC 4210, 5.1.3 (protection), 5.3.21 (error message).
Bytes errorInPlaceOf(ByteView answer, int failInfoBit, const std::string& text, EVP_PKEY& key);

}  // namespace zegel::hwsim
