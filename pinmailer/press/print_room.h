#pragma once

#include "drivers/base/openssl.h"
#include "drivers/base/secret.h"

#include <string>

namespace zegel::press {

/// What only the print room has: the private key that opens codes, and its certificate.
struct PrintRoomKey {
    openssl::PkeyPtr key;
    openssl::CertificatePtr certificate;
};

/// Errors: SettingUnusable naming the file when it is missing, no PKCS#12, has no key or no
/// certificate in it, or when the password is wrong.
PrintRoomKey loadPrintRoomKey(const std::string& pkcs12Path, const SecretBytes& password);

/// The first line of a file ("-": standard input). Errors: SettingUnusable naming the file.
SecretBytes readPassword(const std::string& path);

/// Asks on the terminal, without showing what is typed. Errors: SettingUnusable without one.
SecretBytes askPassword(const std::string& question);

/// The one certificate in a PEM file that letters must be signed by.
/// Errors: SettingUnusable naming the file when it holds none or several.
openssl::CertificatePtr loadStationCertificate(const std::string& pemPath);

}  // namespace zegel::press
