#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/openssl.h"

#include <string>
#include <vector>

namespace zegel::pkcs11 {

/// A certificate of the house itself: registration authority, station seal, print room, recovery.
struct HouseCertificate {
    std::string country;
    std::string organisation;
    std::string commonName;
    std::string keyUsage;  ///< OpenSSL's names: "digitalSignature,keyAgreement"
    std::vector<std::string> extendedKeyUsage;  ///< dotted; RA: 1.3.6.1.5.5.7.3.28 (id-kp-cmcRA)
};

/// Self-signed over a key that may live in a token, SHA-256, version 3, with key identifiers.
/// Errors: TokenUnavailable when the key does not sign, SettingUnusable for an unusable field.
openssl::CertificatePtr selfSignedCertificate(EVP_PKEY& key, const HouseCertificate& wanted,
                                              TimePoint notBefore, TimePoint notAfter);

/// PKCS#10 for a real CA. Errors: as above.
openssl::RequestPtr certificateRequest(EVP_PKEY& key, const HouseCertificate& wanted);

/// PEM texts, to be written into the house's settings folder.
std::string toPem(const X509& certificate);
std::string toPem(const X509_REQ& request);

}  // namespace zegel::pkcs11
