#include "station/authority/revocation_list.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace zegel::station {
namespace {

using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, openssl::Freed<ASN1_ENUMERATED_free>>;
using IntegerPtr = std::unique_ptr<ASN1_INTEGER, openssl::Freed<ASN1_INTEGER_free>>;
using PointPtr = std::unique_ptr<ISSUING_DIST_POINT, openssl::Freed<ISSUING_DIST_POINT_free>>;

constexpr std::chrono::minutes ClockDifference{5};

[[noreturn]] void disbelieve(const std::string& why) {
    openssl::takeErrors();
    throw Failure{Fault::AuthorityUnavailable, why};
}

// RFC 5280, 5.3.1.
std::string_view nameOfCode(long code) noexcept {
    switch (code) {
        case CRL_REASON_UNSPECIFIED: return "unspecified";
        case CRL_REASON_KEY_COMPROMISE: return "keyCompromise";
        case CRL_REASON_CA_COMPROMISE: return "cACompromise";
        case CRL_REASON_AFFILIATION_CHANGED: return "affiliationChanged";
        case CRL_REASON_SUPERSEDED: return "superseded";
        case CRL_REASON_CESSATION_OF_OPERATION: return "cessationOfOperation";
        case CRL_REASON_CERTIFICATE_HOLD: return "certificateHold";
        case CRL_REASON_REMOVE_FROM_CRL: return "removeFromCRL";
        case CRL_REASON_PRIVILEGE_WITHDRAWN: return "privilegeWithdrawn";
        case CRL_REASON_AA_COMPROMISE: return "aACompromise";
        default: return "a reason that nobody knows";
    }
}

openssl::CrlPtr parsed(ByteView octets) {
    const auto* at = octets.data();
    openssl::CrlPtr list{d2i_X509_CRL(nullptr, &at, static_cast<long>(octets.size()))};
    if (list && at == octets.data() + octets.size()) return list;
    const openssl::BioPtr text{BIO_new_mem_buf(octets.data(), static_cast<int>(octets.size()))};
    list.reset(PEM_read_bio_X509_CRL(text.get(), nullptr, nullptr, nullptr));
    if (!list) disbelieve("is no CRL, neither DER nor PEM");
    return list;
}

void expectSignedBy(X509_CRL& list, std::span<const openssl::CertificatePtr> authorities) {
    const auto* const issuer = X509_CRL_get_issuer(&list);
    bool isNamed = false;
    for (const auto& authority : authorities) {
        if (X509_NAME_cmp(issuer, X509_get_subject_name(authority.get())) != 0) continue;
        isNamed = true;
        auto* const key = X509_get0_pubkey(authority.get());
        const bool maySign = (X509_get_key_usage(authority.get()) & KU_CRL_SIGN) != 0;
        if (key != nullptr && maySign && X509_CRL_verify(&list, key) == 1) return;
    }
    if (!isNamed) disbelieve("is of another CA than those in the settings");
    disbelieve("is not signed by the CA that it names");
}

/// X509_CRL_verify takes whatever digest the list says.
void expectStrong(const X509_CRL& list) {
    int digest = NID_undef;
    OBJ_find_sigid_algs(X509_CRL_get_signature_nid(&list), &digest, nullptr);
    if (digest == NID_sha1 || digest == NID_md5) disbelieve("is signed with a weak digest");
}

void expectInForce(const X509_CRL& list, TimePoint now) {
    const auto later = std::chrono::system_clock::to_time_t(now + ClockDifference);
    auto when = later;
    if (X509_cmp_time(X509_CRL_get0_lastUpdate(&list), &when) >= 0) {
        disbelieve("begins in the future; compare the clocks");
    }
    when = std::chrono::system_clock::to_time_t(now);
    const auto* const next = X509_CRL_get0_nextUpdate(&list);
    if (next == nullptr || X509_cmp_time(next, &when) <= 0) {
        disbelieve("is out of date: the CA has to publish a new one");
    }
}

/// A list of some certificates, or of another CA's, tells nothing by what does not stand in it.
void expectWhole(X509_CRL& list) {
    if (X509_CRL_get_ext_by_NID(&list, NID_delta_crl, -1) >= 0) {
        disbelieve("is a delta CRL; name the whole one");
    }
    const PointPtr point{static_cast<ISSUING_DIST_POINT*>(
        X509_CRL_get_ext_d2i(&list, NID_issuing_distribution_point, nullptr, nullptr))};
    if (!point) return;
    if (point->indirectCRL > 0 || point->onlyCA > 0 || point->onlyattr > 0 ||
        point->onlysomereasons != nullptr) {
        disbelieve("does not tell of all certificates of cards; name the one that does");
    }
}

IntegerPtr integerFrom(std::string_view serial) {
    BIGNUM* number = nullptr;
    const std::string digits{serial};
    const bool whole =
        !digits.empty() && BN_hex2bn(&number, digits.c_str()) == static_cast<int>(digits.size());
    const openssl::BignumPtr held{number};
    return IntegerPtr{whole ? BN_to_ASN1_INTEGER(number, nullptr) : nullptr};
}

}  // namespace

RevocationList RevocationList::believed(ByteView octets,
                                        std::span<const openssl::CertificatePtr> authorities,
                                        TimePoint now) {
    auto list = parsed(octets);
    expectSignedBy(*list, authorities);
    expectStrong(*list);
    expectInForce(*list, now);
    expectWhole(*list);
    return RevocationList{std::move(list)};
}

std::optional<std::string> RevocationList::reasonOf(std::string_view serial) const {
    const auto number = integerFrom(serial);
    X509_REVOKED* entry = nullptr;
    if (!number || X509_CRL_get0_by_serial(list_.get(), &entry, number.get()) == 0) {
        return std::nullopt;
    }
    const EnumeratedPtr reason{static_cast<ASN1_ENUMERATED*>(
        X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, nullptr, nullptr))};
    return std::string{nameOfCode(reason ? ASN1_ENUMERATED_get(reason.get()) : 0)};
}

bool RevocationList::tellsOf(ByteView certificate) const {
    const auto parsedOne = openssl::certificateFromDer(certificate);
    return X509_NAME_cmp(X509_get_issuer_name(parsedOne.get()), X509_CRL_get_issuer(list_.get())) ==
           0;
}

}  // namespace zegel::station
