#include "drivers/base/openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

namespace zegel::openssl {
namespace {

void freeOctets(unsigned char* octets) {
    OPENSSL_free(octets);
}

}  // namespace

std::string takeErrors() {
    std::string words;
    const char* detail = nullptr;
    int flags = 0;
    while (const auto code = ERR_get_error_all(nullptr, nullptr, nullptr, &detail, &flags)) {
        std::array<char, 256> line{};
        ERR_error_string_n(code, line.data(), line.size());
        if (!words.empty()) words += "; ";
        words += line.data();
        if ((flags & ERR_TXT_STRING) != 0 && *detail != '\0')
            words += std::string{" ("} + detail + ")";
    }
    return words.empty() ? "no detail" : words;
}

void expect(bool ok, Fault fault, const std::string& what, Origin origin) {
    if (ok) return;
    throw Failure{fault, what + ": " + takeErrors(), origin};
}

CertificatePtr certificateFromDer(ByteView der, Fault fault) {
    const auto* at = der.data();
    CertificatePtr certificate{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
    expect(certificate && at == der.data() + der.size(), fault, "not one X.509 certificate in DER");
    return certificate;
}

Bytes toDer(const X509& certificate) {
    Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509(&certificate, nullptr))));
    auto* at = der.data();
    expect(!der.empty() && i2d_X509(&certificate, &at) > 0, Fault::Defect, "certificate to DER");
    return der;
}

PkeyPtr publicKeyFromSpki(ByteView spki, Fault fault) {
    const auto* at = spki.data();
    PkeyPtr key{d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size()))};
    expect(key && at == spki.data() + spki.size(), fault, "not one SubjectPublicKeyInfo in DER");
    return key;
}

Bytes toSpki(const EVP_PKEY& key) {
    // Asked for its size first, OpenSSL 3.0 would encode twice, a part of a millisecond each time.
    unsigned char* made = nullptr;
    const int size = i2d_PUBKEY(&key, &made);
    expect(size > 0, Fault::Defect, "public key to DER");
    const std::unique_ptr<unsigned char, Freed<freeOctets>> kept{made};
    return {made, made + size};
}

Bytes spkiOf(const X509& certificate) {
    unsigned char* made = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &made);
    expect(size > 0, Fault::Defect, "public key of a certificate to DER");
    const std::unique_ptr<unsigned char, Freed<freeOctets>> kept{made};
    return {made, made + size};
}

std::vector<CertificatePtr> certificatesFromPemFile(const std::string& path) {
    const BioPtr file{BIO_new_file(path.c_str(), "r")};
    expect(file != nullptr, Fault::SettingUnusable, "cannot open certificate file " + path);
    std::vector<CertificatePtr> certificates;
    while (auto* next = PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr)) {
        certificates.emplace_back(next);
    }
    takeErrors();  // the end of the file is told as an error
    if (certificates.empty()) {
        throw Failure{Fault::SettingUnusable, "no certificate in PEM found in " + path};
    }
    return certificates;
}

}  // namespace zegel::openssl
