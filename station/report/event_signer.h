#pragma once

#include "drivers/base/openssl.h"

#include <string>
#include <string_view>

namespace zegel::station {

/// Signs what is told to the order system: a detached JWS over the octets of the body as they are
/// sent, ES256, with the SHA-256 of the station's certificate in its header (x5t#S256).
/// Source: RFC 7515, 3.1, 4.1.8 and appendix F; RFC 7797 (b64 false); RFC 7518, 3.4.
class EventSigner {
public:
    /// `key` may live in a token. Errors: SettingUnusable when key and certificate are no pair on
    /// P-256.
    EventSigner(openssl::PkeyPtr key, const X509& certificate);

    /// "<header>..<signature>". Errors: TokenUnavailable with OpenSSL's words.
    std::string sign(std::string_view body) const;

private:
    openssl::PkeyPtr key_;
    std::string header_;  ///< base64url
};

}  // namespace zegel::station
