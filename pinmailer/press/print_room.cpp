#include "pinmailer/press/print_room.h"

#include "drivers/base/typed_secret.h"

#include <openssl/pkcs12.h>

#include <algorithm>
#include <utility>

namespace zegel::press {
namespace {

using Pkcs12Ptr = std::unique_ptr<PKCS12, openssl::Freed<PKCS12_free>>;

[[noreturn]] void refuse(const std::string& why) {
    openssl::takeErrors();
    throw Failure{Fault::SettingUnusable, why};
}

/// PKCS12_parse wants a text that ends in a zero octet.
SecretBytes terminated(const SecretBytes& password) {
    SecretBytes text{password.size() + 1};
    password.disclose(Disclosure::ToCipher, [&](ByteView octets) {
        text.fill([&](std::span<std::uint8_t> out) { std::ranges::copy(octets, out.begin()); });
    });
    return text;
}

}  // namespace

PrintRoomKey loadPrintRoomKey(const std::string& pkcs12Path, const SecretBytes& password) {
    const openssl::BioPtr file{BIO_new_file(pkcs12Path.c_str(), "rb")};
    if (!file) refuse("cannot open the print room's key file " + pkcs12Path);
    const Pkcs12Ptr packet{d2i_PKCS12_bio(file.get(), nullptr)};
    if (!packet) refuse(pkcs12Path + " is not a PKCS#12 file");
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    const bool parsed = terminated(password).disclose(Disclosure::ToCipher, [&](ByteView text) {
        return PKCS12_parse(packet.get(), reinterpret_cast<const char*>(text.data()), &key,
                            &certificate, nullptr) == 1;
    });
    PrintRoomKey room{openssl::PkeyPtr{key}, openssl::CertificatePtr{certificate}};
    if (!parsed) refuse("the password does not open " + pkcs12Path);
    if (!room.key) refuse(pkcs12Path + " holds no private key");
    if (!room.certificate) refuse(pkcs12Path + " holds no certificate for its key");
    return room;
}

SecretBytes readPassword(const std::string& path) {
    auto password = readSecretLine(path, "the password file");
    if (password.empty()) refuse("the password file " + path + " starts with an empty line");
    return password;
}

SecretBytes askPassword(const std::string& question) {
    return askSecret(question,
                     "there is no terminal to ask for the password; name a --password-file");
}

openssl::CertificatePtr loadStationCertificate(const std::string& pemPath) {
    auto certificates = openssl::certificatesFromPemFile(pemPath);
    if (certificates.size() != 1) {
        refuse(pemPath + " holds " + std::to_string(certificates.size()) +
               " certificates; name the station's alone");
    }
    return std::move(certificates.front());
}

}  // namespace zegel::press
