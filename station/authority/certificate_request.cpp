#include "station/authority/certificate_request.h"

#include "drivers/base/hex.h"
#include "drivers/base/spki.h"
#include "station/authority/subject.h"

#include <openssl/x509.h>

namespace zegel::station {

namespace {

using AlgorithmPtr = std::unique_ptr<X509_ALGOR, openssl::Freed<X509_ALGOR_free>>;
using BitStringPtr = std::unique_ptr<ASN1_BIT_STRING, openssl::Freed<ASN1_BIT_STRING_free>>;

// RSASSA-PSS with SHA-512, MGF1 with SHA-512 and a salt of 64 octets (RFC 4055, 3.1).
constexpr const char* PssSha512 =
    "304106092A864886F70D01010A3034A00F300D06096086480165030402030500A11C301A06092A864886F70D0101"
    "08300D06096086480165030402030500A203020140";

AlgorithmPtr algorithmOf(SignatureScheme scheme) {
    if (scheme == SignatureScheme::RsaPssSha512) {
        const auto der = *fromHex(PssSha512);
        const auto* at = der.data();
        return AlgorithmPtr{d2i_X509_ALGOR(nullptr, &at, static_cast<long>(der.size()))};
    }
    AlgorithmPtr algorithm{X509_ALGOR_new()};
    switch (scheme) {
        case SignatureScheme::RsaPkcs1Sha256:
            X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256WithRSAEncryption), V_ASN1_NULL,
                            nullptr);
            break;
        case SignatureScheme::EcdsaSha384:
            X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_ecdsa_with_SHA384), V_ASN1_UNDEF,
                            nullptr);
            break;
        default:
            X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_ecdsa_with_SHA256), V_ASN1_UNDEF,
                            nullptr);
    }
    return algorithm;
}

const EVP_MD* digestOf(SignatureScheme scheme) {
    switch (scheme) {
        case SignatureScheme::RsaPssSha512: return EVP_sha512();
        case SignatureScheme::EcdsaSha384: return EVP_sha384();
        default: return EVP_sha256();
    }
}

Bytes digestToSign(X509_REQ& request, SignatureScheme scheme) {
    unsigned char* tbs = nullptr;
    const auto length = i2d_re_X509_REQ_tbs(&request, &tbs);
    openssl::expect(length > 0, Fault::Defect, "certificate request");
    Bytes digest(static_cast<std::size_t>(EVP_MD_get_size(digestOf(scheme))));
    const bool done = EVP_Digest(tbs, static_cast<std::size_t>(length), digest.data(), nullptr,
                                 digestOf(scheme), nullptr) == 1;
    OPENSSL_free(tbs);
    openssl::expect(done, Fault::Defect, "digest of the certificate request");
    return digest;
}

void setSignature(X509_REQ& request, SignatureScheme scheme, ByteView signature) {
    auto algorithm = algorithmOf(scheme);
    BitStringPtr bits{ASN1_BIT_STRING_new()};
    const bool set =
        algorithm && X509_REQ_set1_signature_algo(&request, algorithm.get()) == 1 &&
        ASN1_STRING_set(bits.get(), signature.data(), static_cast<int>(signature.size())) == 1;
    openssl::expect(set, Fault::Defect, "signature of the certificate request");
    bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07L);
    bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;  // no unused bits
    X509_REQ_set0_signature(&request, bits.release());
}

Bytes toDer(const X509_REQ& request) {
    Bytes der(static_cast<std::size_t>(std::max(0, i2d_X509_REQ(&request, nullptr))));
    auto* at = der.data();
    openssl::expect(!der.empty() && i2d_X509_REQ(&request, &at) > 0, Fault::Defect,
                    "certificate request to DER");
    return der;
}

}  // namespace

Bytes certificateRequestFor(const CertificateWish& wish, const RequestSigner& sign) {
    const auto scheme = wish.rule.certificate.requestSignature;
    if (!fits(scheme, wish.rule.algorithm)) {
        throw Failure{Fault::Defect, "a " + std::string{nameOf(wish.rule.algorithm)} +
                                         " key does not sign by " + std::string{nameOf(scheme)} +
                                         "; correct the card profile"};
    }
    const auto key = openssl::publicKeyFromSpki(wish.spki, Fault::CardUntrusted);
    const openssl::RequestPtr request{X509_REQ_new()};
    const auto subject = nameFrom(wish.subject);
    openssl::expect(X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) == 1 &&
                        X509_REQ_set_subject_name(request.get(), subject.get()) == 1 &&
                        openssl::putSpki(*X509_REQ_get_X509_PUBKEY(request.get()), wish.spki),
                    Fault::Defect, "certificate request");
    setSignature(*request, scheme, sign(scheme, digestToSign(*request, scheme)));
    if (X509_REQ_verify(request.get(), key.get()) != 1) {
        throw Failure{Fault::CardUntrusted,
                      "the " + std::string{nameOf(wish.rule.purpose)} +
                          " key's signature of its certificate request does not verify (" +
                          openssl::takeErrors() + "); reject the card"};
    }
    return toDer(*request);
}

}  // namespace zegel::station
