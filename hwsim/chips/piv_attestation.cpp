#include "hwsim/chips/piv_attestation.h"

#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/base/spki.h"
#include "hwsim/chips/data_object.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace zegel::hwsim {
namespace {

using openssl::CertificatePtr;
using openssl::expect;
using ObjectPtr = std::unique_ptr<ASN1_OBJECT, openssl::Freed<ASN1_OBJECT_free>>;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, openssl::Freed<ASN1_OCTET_STRING_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, openssl::Freed<X509_EXTENSION_free>>;

/// Published on purpose: whoever trusts the simulated maker trusts everybody.
constexpr std::string_view MakerScalar =
    "6592FE4071A272C241C13D1A3A2C7067FC4CF4A4958AB7C359446EE28F640CBE";

constexpr std::string_view MakerRoot =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBgDCCASagAwIBAgIBATAKBggqhkjOPQQDAjAlMSMwIQYDVQQDDBpaZWdlbCBT\n"
    "aW11bGF0ZWQgQ2hpcCBNYWtlcjAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAw\n"
    "MDAwMFowJTEjMCEGA1UEAwwaWmVnZWwgU2ltdWxhdGVkIENoaXAgTWFrZXIwWTAT\n"
    "BgcqhkjOPQIBBggqhkjOPQMBBwNCAARYU5aRH3UpUnF/GJ3sgkzINexD7TSUOM0/\n"
    "7y83bX7fLfalxM5Z3ODZaWrPG2CTQnWvO1GjW7nZif2hkb3jzq8Bo0UwQzASBgNV\n"
    "HRMBAf8ECDAGAQH/AgEBMA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQUtH7gTeW2\n"
    "y5ruWdVOGnkrB3IVbskwCgYIKoZIzj0EAwIDSAAwRQIgFoyL16C+sCyPRWI/YaUe\n"
    "kHZwkEdoaH+jxg/YAFQl8T4CIQCzl/fBG/8EqJPN6LMgWdNF7fXONUMsVe/ESDPx\n"
    "EG5WCQ==\n"
    "-----END CERTIFICATE-----\n";

CertificatePtr makerRoot() {
    const openssl::BioPtr text{
        BIO_new_mem_buf(MakerRoot.data(), static_cast<int>(MakerRoot.size()))};
    CertificatePtr root{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)};
    expect(root != nullptr, Fault::Defect, "reading the maker's certificate");
    return root;
}

CertificatePtr newCertificate(const X509& issuer, const std::string& name, EVP_PKEY* key) {
    CertificatePtr certificate{X509_new()};
    Bytes number = randomBytes(16);
    number[0] = static_cast<std::uint8_t>((number[0] & 0x3F) | 0x40);
    const openssl::BignumPtr serial{
        BN_bin2bn(number.data(), static_cast<int>(number.size()), nullptr)};
    const openssl::NamePtr subject{X509_NAME_new()};
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    expect(
        X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
            BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate.get())) != nullptr &&
            X509_NAME_add_entry_by_txt(subject.get(), "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
            X509_set_subject_name(certificate.get(), subject.get()) == 1 &&
            X509_set_issuer_name(certificate.get(), X509_get_subject_name(&issuer)) == 1 &&
            X509_set1_notBefore(certificate.get(), X509_get0_notBefore(&issuer)) == 1 &&
            X509_set1_notAfter(certificate.get(), X509_get0_notAfter(&issuer)) == 1 &&
            (openssl::putSpki(*X509_get_X509_PUBKEY(certificate.get()), openssl::toSpki(*key)) ||
             X509_set_pubkey(certificate.get(), key) == 1),
        Fault::Defect, "making an attestation certificate");
    return certificate;
}

void addExtension(X509& certificate, const char* oid, ByteView content) {
    const ObjectPtr object{OBJ_txt2obj(oid, 1)};
    const OctetsPtr octets{ASN1_OCTET_STRING_new()};
    ASN1_OCTET_STRING_set(octets.get(), content.data(), static_cast<int>(content.size()));
    const ExtensionPtr extension{
        X509_EXTENSION_create_by_OBJ(nullptr, object.get(), 0, octets.get())};
    expect(X509_add_ext(&certificate, extension.get(), -1) == 1, Fault::Defect,
           "adding an extension to an attestation certificate");
}

void addCaMark(X509& certificate) {
    const ExtensionPtr extension{
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE,pathlen:0")};
    expect(X509_add_ext(&certificate, extension.get(), -1) == 1, Fault::Defect,
           "marking a certificate as a CA's");
}

/// DER INTEGER of a 32-bit number.
Bytes derInteger(std::uint32_t number) {
    Bytes content;
    for (int shift = 24; shift >= 0; shift -= 8) {
        const auto octet = static_cast<std::uint8_t>(number >> shift);
        if (!content.empty() || octet != 0 || shift == 0) content.push_back(octet);
    }
    if ((content[0] & 0x80) != 0) content.insert(content.begin(), 0);
    return dataObject(0x02, content);
}

void sign(X509& certificate, const KeyPair& key) {
    const bool wide = !key.isRsa() && key.size() > 32;
    expect(X509_sign(&certificate, key.handle(), wide ? EVP_sha384() : EVP_sha256()) > 0,
           Fault::Defect, "signing an attestation certificate");
}

/// The attestation key's own certificate, as it stands in object 5FFF01 now.
CertificatePtr issuerOf(const PivMemory& memory) {
    const auto object = memory.objects.find(AttestationObject);
    if (object == memory.objects.end()) return nullptr;
    const auto parts = readDataObjects(object->second);
    const auto der = parts ? valueOf(*parts, 0x70) : std::nullopt;
    if (!der) return nullptr;
    const std::uint8_t* at = der->data();
    CertificatePtr certificate{d2i_X509(nullptr, &at, static_cast<long>(der->size()))};
    if (!certificate) openssl::takeErrors();
    return certificate;
}

}  // namespace

std::string_view makerRootPem() {
    return MakerRoot;
}

void equipForAttestation(PivMemory& memory) {
    const KeyPair key = KeyPair::generated(piv::EcP256);
    const auto maker = KeyPair::fromEcScalar(piv::EcP256, *fromHex(MakerScalar));
    const CertificatePtr certificate =
        newCertificate(*makerRoot(), "Zegel Simulated PIV Attestation", key.handle());
    addCaMark(*certificate);
    sign(*certificate, *maker);

    Bytes object = dataObject(0x70, openssl::toDer(*certificate));
    appendDataObject(object, 0x71, Bytes{0x00});
    appendDataObject(object, 0xFE, {});
    memory.objects[AttestationObject] = std::move(object);
    memory.keys.insert_or_assign(AttestationSlot, StoredKey{key, KeyOrigin::Generated,
                                                            policy::PinNever, policy::TouchNever});
}

std::optional<Bytes> attest(const PivMemory& memory, std::uint8_t slot, const StoredKey& key) {
    const auto signer = memory.keys.find(AttestationSlot);
    const CertificatePtr issuer = issuerOf(memory);
    if (signer == memory.keys.end() || !issuer) return std::nullopt;
    constexpr std::string_view Digits = "0123456789abcdef";
    const std::string name =
        std::string("Zegel Simulated PIV Attestation ") + Digits[slot >> 4] + Digits[slot & 0x0F];
    const CertificatePtr certificate = newCertificate(*issuer, name, key.pair.handle());
    addExtension(*certificate, "1.3.6.1.4.1.41482.3.3", memory.model.firmware);
    addExtension(*certificate, "1.3.6.1.4.1.41482.3.7", derInteger(memory.serial));
    addExtension(*certificate, "1.3.6.1.4.1.41482.3.8", Bytes{key.pinPolicy, key.touchPolicy});
    addExtension(*certificate, "1.3.6.1.4.1.41482.3.9", Bytes{0x01});
    sign(*certificate, signer->second.pair);
    return openssl::toDer(*certificate);
}

}  // namespace zegel::hwsim
