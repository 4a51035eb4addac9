#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/openssl.h"

#include <optional>
#include <string>

namespace zegel::station {

/// Tags of PKIBody that matter here; OpenSSL keeps its own names for them private.
/// Source: RFC 4210, 5.1.2.
enum CmpBody : int {
    CmpCp = 3,
    CmpP10cr = 4,
    CmpRr = 11,
    CmpError = 23,
    CmpCertConf = 24,
    CmpPollReq = 25
};

/// Why the protection of a PKIMessage is too weak to believe, from its header: nothing for
/// SHA-256, SHA-384 or SHA-512 with RSA or ECDSA. A message without protection, or one that is no
/// PKIMessage, is OpenSSL's to refuse.
std::optional<std::string> whyProtectionIsWeak(ByteView message);

/// The first certificate that a PKIMessage brings along, the one that protects it (RFC 9483, 3.3);
/// null when it brings none.
openssl::CertificatePtr certificateWith(ByteView message);

/// "badCertTemplate, notAuthorized" for the bits of PKIFailureInfo (RFC 4210, 5.2.3).
std::string namesOfFailInfo(int failInfo);

}  // namespace zegel::station
