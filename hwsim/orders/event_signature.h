#pragma once

#include "drivers/base/openssl.h"

#include <string>
#include <string_view>

namespace zegel::hwsim {

/// What is wrong with a detached JWS over these octets, by this station's certificate; empty when
/// nothing is. ES256, payload not encoded, thumbprint named.
/// Source: RFC 7515, appendix F; RFC 7797, 3 and 6; RFC 7518, 3.4.
std::string objectionToSignature(std::string_view signature, std::string_view body,
                                 const X509& station);

}  // namespace zegel::hwsim
