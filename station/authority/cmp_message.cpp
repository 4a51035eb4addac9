#include "station/authority/cmp_message.h"

#include "drivers/base/openssl.h"

#include <openssl/objects.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

namespace zegel::station {

namespace {

using AlgorithmPtr = std::unique_ptr<X509_ALGOR, openssl::Freed<X509_ALGOR_free>>;

constexpr int ProtectionAlgTag = 1;  // PKIHeader, protectionAlg [1]
constexpr int ExtraCertsTag = 1;     // PKIMessage, extraCerts [1]

// RFC 4210, appendix F: bits of PKIFailureInfo.
constexpr std::array FailInfoNames{"badAlg",
                                   "badMessageCheck",
                                   "badRequest",
                                   "badTime",
                                   "badCertId",
                                   "badDataFormat",
                                   "wrongAuthority",
                                   "incorrectData",
                                   "missingTimeStamp",
                                   "badPOP",
                                   "certRevoked",
                                   "certConfirmed",
                                   "wrongIntegrity",
                                   "badRecipientNonce",
                                   "timeNotAvailable",
                                   "unacceptedPolicy",
                                   "unacceptedExtension",
                                   "addInfoNotAvailable",
                                   "badSenderNonce",
                                   "badCertTemplate",
                                   "signerNotTrusted",
                                   "transactionIdInUse",
                                   "unsupportedVersion",
                                   "notAuthorized",
                                   "systemUnavail",
                                   "systemFailure",
                                   "duplicateCertReq"};

struct Element {
    int tag = -1;
    bool ofContext = false;
    ByteView inside;
    ByteView rest;
};

Element elementAt(ByteView der) {
    const auto* at = der.data();
    long length = 0;
    int tag = 0;
    int tagClass = 0;
    if (der.empty() ||
        (ASN1_get_object(&at, &length, &tag, &tagClass, static_cast<long>(der.size())) & 0x80) !=
            0) {
        openssl::takeErrors();
        return {};
    }
    const auto head = static_cast<std::size_t>(at - der.data());
    const auto size = static_cast<std::size_t>(length);
    if (head + size > der.size()) return {};
    return {tag, tagClass == V_ASN1_CONTEXT_SPECIFIC, der.subspan(head, size),
            der.subspan(head + size)};
}

/// protectionAlg of the header; empty when there is none.
ByteView protectionAlgorithmIn(ByteView message) {
    const auto header = elementAt(elementAt(message).inside);
    auto field = elementAt(header.inside);  // pvno
    // sender and recipient carry a context tag of their own: step over them.
    for (int skipped = 0; skipped < 2; ++skipped) {
        field = elementAt(field.rest);
    }
    while (!field.rest.empty()) {
        field = elementAt(field.rest);
        if (field.ofContext && field.tag == ProtectionAlgTag) return field.inside;
    }
    return {};
}

}  // namespace

std::optional<std::string> whyProtectionIsWeak(ByteView message) {
    const auto der = protectionAlgorithmIn(message);
    if (der.empty()) return std::nullopt;
    const auto* at = der.data();
    const AlgorithmPtr algorithm{d2i_X509_ALGOR(nullptr, &at, static_cast<long>(der.size()))};
    if (!algorithm) {
        openssl::takeErrors();
        return std::nullopt;
    }
    const auto nid = OBJ_obj2nid(algorithm->algorithm);
    int digest = NID_undef;
    int keyType = NID_undef;
    const bool known = OBJ_find_sigid_algs(nid, &digest, &keyType) == 1;
    const bool strong = digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
    if (known && strong) return std::nullopt;
    return std::string{"protects its answers by "} + OBJ_nid2ln(nid) +
           ", which is not accepted; set it to SHA-256 or better with RSA or ECDSA";
}

openssl::CertificatePtr certificateWith(ByteView message) {
    const auto header = elementAt(elementAt(message).inside);
    auto field = elementAt(header.rest);  // body
    while (!field.rest.empty()) {
        field = elementAt(field.rest);
        if (!field.ofContext || field.tag != ExtraCertsTag) continue;
        const auto list = elementAt(field.inside).inside;
        const auto* at = list.data();
        openssl::CertificatePtr first{
            list.empty() ? nullptr : d2i_X509(nullptr, &at, static_cast<long>(list.size()))};
        openssl::takeErrors();
        return first;
    }
    return nullptr;
}

std::string namesOfFailInfo(int failInfo) {
    std::string names;
    for (std::size_t bit = 0; bit < FailInfoNames.size(); ++bit) {
        if ((static_cast<unsigned>(failInfo) >> bit & 1U) == 0) continue;
        names += std::string{names.empty() ? "" : ", "} + FailInfoNames[bit];
    }
    return names.empty() ? "no failInfo" : names;
}

}  // namespace zegel::station
