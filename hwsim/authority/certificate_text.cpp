#include "hwsim/authority/certificate_text.h"

#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/base/spki.h"

#include <openssl/conf.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <sys/stat.h>

namespace zegel::hwsim {

namespace {

using ExtensionPtr = std::unique_ptr<X509_EXTENSION, openssl::Freed<X509_EXTENSION_free>>;
using ConfigurationPtr = std::unique_ptr<CONF, openssl::Freed<NCONF_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, openssl::Freed<ASN1_INTEGER_free>>;

void append(X509_NAME* name, const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
}

}  // namespace

openssl::PkeyPtr makeEcKey(const char* curve) {
    openssl::PkeyPtr key{EVP_EC_gen(curve)};
    openssl::expect(key != nullptr, Fault::Defect, "making a key");
    return key;
}

openssl::NamePtr authorityName(const std::string& commonName) {
    openssl::NamePtr name{X509_NAME_new()};
    append(name.get(), "C", "NL");
    append(name.get(), "O", "Zegel simulated authority");
    append(name.get(), "CN", commonName);
    return name;
}

openssl::CertificatePtr startCertificate(const X509_NAME* subject, const X509_NAME* issuer) {
    openssl::CertificatePtr made{X509_new()};
    auto octets = randomBytes(20);
    // Positive and without a leading zero, so that all twenty octets show.
    octets.front() = static_cast<std::uint8_t>((octets.front() & 0x3FU) | 0x40U);
    const openssl::BignumPtr number{
        BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)};
    const IntegerPtr serial{BN_to_ASN1_INTEGER(number.get(), nullptr)};
    openssl::expect(X509_set_version(made.get(), X509_VERSION_3) == 1 &&
                        X509_set_serialNumber(made.get(), serial.get()) == 1 &&
                        X509_set_subject_name(made.get(), subject) == 1 &&
                        X509_set_issuer_name(made.get(), issuer) == 1,
                    Fault::Defect, "starting a certificate");
    return made;
}

void setKey(X509& certificate, EVP_PKEY* key) {
    openssl::expect(X509_set_pubkey(&certificate, key) == 1, Fault::Defect,
                    "the key of a certificate");
}

void setKeyOf(const X509_REQ& request, X509& certificate) {
    auto* const asked = X509_REQ_get_X509_PUBKEY(const_cast<X509_REQ*>(&request));
    unsigned char* spki = nullptr;
    const int size = i2d_X509_PUBKEY(asked, &spki);
    const bool put = size > 0 && openssl::putSpki(*X509_get_X509_PUBKEY(&certificate),
                                                  {spki, static_cast<std::size_t>(size)});
    OPENSSL_free(spki);
    if (!put) setKey(certificate, X509_PUBKEY_get0(asked));
}

void setValidity(X509& certificate, TimePoint notBefore, TimePoint notAfter) {
    ASN1_TIME_set(X509_getm_notBefore(&certificate), notBefore.time_since_epoch().count());
    ASN1_TIME_set(X509_getm_notAfter(&certificate), notAfter.time_since_epoch().count());
}

void addExtension(X509& certificate, const X509& issuer, int nid, const std::string& words) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, const_cast<X509*>(&issuer), &certificate, nullptr, nullptr, 0);
    const ConfigurationPtr empty{NCONF_new(nullptr)};  // certificatePolicies insists on one
    X509V3_set_nconf(&context, empty.get());
    const ExtensionPtr made{X509V3_EXT_conf_nid(nullptr, &context, nid, words.c_str())};
    openssl::expect(made && X509_add_ext(&certificate, made.get(), -1) == 1, Fault::Defect,
                    std::string{"extension "} + OBJ_nid2sn(nid));
}

std::string serialOf(const ASN1_INTEGER* number) {
    const openssl::BignumPtr value{ASN1_INTEGER_to_BN(number, nullptr)};
    Bytes octets(static_cast<std::size_t>(BN_num_bytes(value.get())));
    BN_bn2bin(value.get(), octets.data());
    return toHex(octets);
}

void writePem(const std::filesystem::path& file, const X509& certificate) {
    const openssl::BioPtr out{BIO_new_file(file.c_str(), "w")};
    openssl::expect(out && PEM_write_bio_X509(out.get(), &certificate) == 1, Fault::SettingUnusable,
                    "cannot write " + file.string());
}

void writePem(const std::filesystem::path& file, EVP_PKEY& key) {
    const auto before = umask(0077);
    const openssl::BioPtr out{BIO_new_file(file.c_str(), "w")};
    umask(before);
    openssl::expect(out && PEM_write_bio_PrivateKey(out.get(), &key, nullptr, nullptr, 0, nullptr,
                                                    nullptr) == 1,
                    Fault::SettingUnusable, "cannot write " + file.string());
}

TimePoint present() {
    return SystemClock{}.now();
}

}  // namespace zegel::hwsim
