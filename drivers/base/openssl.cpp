#include "drivers/base/openssl.h"

#include "drivers/base/hex.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace zegel::openssl {
namespace {

void freeOctets(unsigned char* octets) {
    OPENSSL_free(octets);
}

/// A SubjectPublicKeyInfo with an uncompressed point of a named curve, up to the point's first
/// octet (RFC 5480, 2.1).
struct Curve {
    const char* name;
    std::size_t pointSize;
    Bytes head;
};

const std::array<Curve, 2>& curves() {
    static const std::array<Curve, 2> Known{
        Curve{"prime256v1", 65, *fromHex("3059301306072A8648CE3D020106082A8648CE3D030107034200")},
        Curve{"secp384r1", 97, *fromHex("3076301006072A8648CE3D020106052B81040022036200")}};
    return Known;
}

const Curve* curveOf(ByteView spki) {
    for (const auto& curve : curves()) {
        const bool isIt = spki.size() == curve.head.size() + curve.pointSize &&
                          std::ranges::equal(spki.first(curve.head.size()), curve.head) &&
                          spki[curve.head.size()] == POINT_CONVERSION_UNCOMPRESSED;
        if (isIt) return &curve;
    }
    return nullptr;
}

/// As OpenSSL's own decoder, without its search for one: in OpenSSL 3.0 that is most of the time.
PkeyPtr keyOnCurve(const Curve& curve, ByteView point) {
    const PkeyCtxPtr context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    const std::array params{
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, const_cast<char*>(curve.name),
                                         0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                          const_cast<std::uint8_t*>(point.data()), point.size()),
        OSSL_PARAM_construct_end()};
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY,
                      const_cast<OSSL_PARAM*>(params.data()));
    return PkeyPtr{key};
}

/// Nothing when the key is not on a curve that we know, or not OpenSSL's own.
std::optional<Bytes> spkiOnCurve(const EVP_PKEY& key) {
    std::array<char, 32> group{};
    std::array<std::uint8_t, 97> point{};
    std::size_t size = 0;
    if (EVP_PKEY_get0_provider(&key) == nullptr || EVP_PKEY_is_a(&key, "EC") != 1 ||
        EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) != 1 ||
        EVP_PKEY_get_octet_string_param(&key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point.data(),
                                        point.size(), &size) != 1) {
        takeErrors();
        return std::nullopt;
    }
    for (const auto& curve : curves()) {
        if (std::string_view{group.data()} != curve.name || size != curve.pointSize) continue;
        auto spki = curve.head;
        spki.insert(spki.end(), point.begin(), point.begin() + static_cast<std::ptrdiff_t>(size));
        return spki;
    }
    return std::nullopt;
}

/// One element of DER off the front of `rest`, head included; empty when there is none.
ByteView elementOff(ByteView& rest, ByteView& inside) {
    const auto* at = rest.data();
    long length = 0;
    int tag = 0;
    int kind = 0;
    const auto read =
        rest.empty() ? 0x80
                     : ASN1_get_object(&at, &length, &tag, &kind, static_cast<long>(rest.size()));
    if ((read & 0x81) != 0) {  // broken, or of no definite length
        takeErrors();
        rest = inside = {};
        return {};
    }
    const auto head = static_cast<std::size_t>(at - rest.data());
    const auto element = rest.first(head + static_cast<std::size_t>(length));
    inside = element.subspan(head);
    rest = rest.subspan(element.size());
    return element;
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
    if (const auto* curve = curveOf(spki)) {
        auto key = keyOnCurve(*curve, spki.subspan(curve->head.size()));
        expect(key != nullptr, fault, "a public key that is no point of its curve");
        return key;
    }
    const auto* at = spki.data();
    PkeyPtr key{d2i_PUBKEY(nullptr, &at, static_cast<long>(spki.size()))};
    expect(key && at == spki.data() + spki.size(), fault, "not one SubjectPublicKeyInfo in DER");
    return key;
}

Bytes toSpki(const EVP_PKEY& key) {
    if (auto spki = spkiOnCurve(key)) return *std::move(spki);
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

Bytes spkiIn(ByteView certificate, Fault fault) {
    constexpr std::uint8_t Version = 0xA0;
    constexpr int Before = 5;  // serialNumber, signature, issuer, validity, subject
    ByteView inside;
    ByteView rest = certificate;
    elementOff(rest, inside);
    rest = inside;
    elementOff(rest, inside);  // tbsCertificate
    rest = inside;
    if (!rest.empty() && rest.front() == Version) elementOff(rest, inside);
    for (int at = 0; at < Before; ++at)
        elementOff(rest, inside);
    const auto spki = elementOff(rest, inside);
    expect(!spki.empty(), fault, "not an X.509 certificate in DER");
    return {spki.begin(), spki.end()};
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
