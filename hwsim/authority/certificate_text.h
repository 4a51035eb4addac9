#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/openssl.h"

#include <filesystem>
#include <string>

namespace zegel::hwsim {

/// The pieces a certificate is put together from.

openssl::PkeyPtr makeEcKey(const char* curve);
openssl::NamePtr authorityName(const std::string& commonName);

/// A fresh certificate: version 3, twenty random octets of serial number, names set.
openssl::CertificatePtr startCertificate(const X509_NAME* subject, const X509_NAME* issuer);
void setKey(X509& certificate, EVP_PKEY* key);
/// As it was asked for, octet by octet: OpenSSL 3.0 takes long to write a key and read it again.
void setKeyOf(const X509_REQ& request, X509& certificate);
void setValidity(X509& certificate, TimePoint notBefore, TimePoint notAfter);

/// An extension in OpenSSL's configuration words. Errors: Defect.
void addExtension(X509& certificate, const X509& issuer, int nid, const std::string& words);

/// Serial number as upper-case hexadecimal without leading zeros beyond whole octets.
std::string serialOf(const ASN1_INTEGER* number);

void writePem(const std::filesystem::path& file, const X509& certificate);
void writePem(const std::filesystem::path& file, EVP_PKEY& key);

/// The time from the system clock, to the second.
TimePoint present();

}  // namespace zegel::hwsim
