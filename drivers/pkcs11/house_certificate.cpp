#include "drivers/pkcs11/house_certificate.h"

#include "drivers/base/entropy.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace zegel::pkcs11 {

namespace {

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, openssl::Freed<X509_EXTENSION_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, openssl::Freed<ASN1_INTEGER_free>>;

constexpr const char* Making = "making a certificate of the house";

void append(X509_NAME* name, const char* field, const std::string& value) {
    if (value.empty()) return;
    openssl::expect(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                                               reinterpret_cast<const unsigned char*>(value.data()),
                                               static_cast<int>(value.size()), -1, 0) == 1,
                    Fault::SettingUnusable,
                    std::string{"the subject's "} + field + " cannot be used");
}

openssl::NamePtr nameOf(const HouseCertificate& wanted) {
    openssl::NamePtr name{X509_NAME_new()};
    append(name.get(), "C", wanted.country);
    append(name.get(), "O", wanted.organisation);
    append(name.get(), "CN", wanted.commonName);
    return name;
}

ExtensionPtr extension(X509V3_CTX* context, int nid, const std::string& value) {
    ExtensionPtr made{X509V3_EXT_conf_nid(nullptr, context, nid, value.c_str())};
    openssl::expect(made != nullptr, Fault::SettingUnusable,
                    std::string{OBJ_nid2sn(nid)} + " \"" + value + "\" cannot be used");
    return made;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) {
        text += (text.empty() ? "" : ",") + part;
    }
    return text;
}

void add(X509& certificate, X509V3_CTX* context, int nid, const std::string& value) {
    if (value.empty()) return;
    X509_add_ext(&certificate, extension(context, nid, value).get(), -1);
}

void setSerial(X509& certificate) {
    auto octets = randomBytes(20);
    octets.front() = static_cast<std::uint8_t>((octets.front() & 0x3FU) | 0x40U);
    const openssl::BignumPtr number{
        BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)};
    const IntegerPtr serial{BN_to_ASN1_INTEGER(number.get(), nullptr)};
    X509_set_serialNumber(&certificate, serial.get());
}

void setValidity(X509& certificate, TimePoint notBefore, TimePoint notAfter) {
    ASN1_TIME_set(X509_getm_notBefore(&certificate), notBefore.time_since_epoch().count());
    ASN1_TIME_set(X509_getm_notAfter(&certificate), notAfter.time_since_epoch().count());
}

template <typename Object>
std::string pemOf(const Object& object, int (*write)(BIO*, const Object*)) {
    const openssl::BioPtr memory{BIO_new(BIO_s_mem())};
    openssl::expect(write(memory.get(), &object) == 1, Fault::Defect, "PEM");
    char* text = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

}  // namespace

openssl::CertificatePtr selfSignedCertificate(EVP_PKEY& key, const HouseCertificate& wanted,
                                              TimePoint notBefore, TimePoint notAfter) {
    const openssl::CertificatePtr made{X509_new()};
    const auto name = nameOf(wanted);
    X509_set_version(made.get(), X509_VERSION_3);
    setSerial(*made);
    setValidity(*made, notBefore, notAfter);
    X509_set_subject_name(made.get(), name.get());
    X509_set_issuer_name(made.get(), name.get());
    const auto plain = openssl::publicKeyFromSpki(openssl::toSpki(key));
    openssl::expect(X509_set_pubkey(made.get(), plain.get()) == 1, Fault::Defect, Making);

    X509V3_CTX context{};
    X509V3_set_ctx(&context, made.get(), made.get(), nullptr, nullptr, 0);
    add(*made, &context, NID_basic_constraints, "critical,CA:FALSE");
    if (!wanted.keyUsage.empty()) {
        add(*made, &context, NID_key_usage, "critical," + wanted.keyUsage);
    }
    add(*made, &context, NID_ext_key_usage, joined(wanted.extendedKeyUsage));
    add(*made, &context, NID_subject_key_identifier, "hash");
    openssl::expect(X509_sign(made.get(), &key, EVP_sha256()) > 0, Fault::TokenUnavailable,
                    "signing the certificate of " + wanted.commonName);
    return openssl::certificateFromDer(openssl::toDer(*made));
}

openssl::RequestPtr certificateRequest(EVP_PKEY& key, const HouseCertificate& wanted) {
    openssl::RequestPtr made{X509_REQ_new()};
    X509_REQ_set_version(made.get(), X509_REQ_VERSION_1);
    X509_REQ_set_subject_name(made.get(), nameOf(wanted).get());
    const auto plain = openssl::publicKeyFromSpki(openssl::toSpki(key));
    openssl::expect(X509_REQ_set_pubkey(made.get(), plain.get()) == 1, Fault::Defect, Making);
    openssl::expect(X509_REQ_sign(made.get(), &key, EVP_sha256()) > 0, Fault::TokenUnavailable,
                    "signing the certificate request of " + wanted.commonName);
    return made;
}

std::string toPem(const X509& certificate) {
    return pemOf<X509>(certificate, PEM_write_bio_X509);
}

std::string toPem(const X509_REQ& request) {
    return pemOf<X509_REQ>(request, PEM_write_bio_X509_REQ);
}

}  // namespace zegel::pkcs11
