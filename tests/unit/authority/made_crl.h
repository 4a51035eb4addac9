#pragma once

#include "drivers/base/openssl.h"

#include <openssl/x509v3.h>

#include <ctime>
#include <map>
#include <string>
#include <vector>

namespace zegel::tests {

/// A CA that signs lists, made with OpenSSL alone.
class MadeCa {
public:
    explicit MadeCa(const std::string& name, const char* keyUsage = "critical,keyCertSign,cRLSign")
        : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
        auto* const subject = X509_get_subject_name(certificate_.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_version(certificate_.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
        X509_set_issuer_name(certificate_.get(), subject);
        X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3600 * 24);
        X509_set_pubkey(certificate_.get(), key_.get());
        auto* const usage =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_key_usage, const_cast<char*>(keyUsage));
        X509_add_ext(certificate_.get(), usage, -1);
        X509_EXTENSION_free(usage);
        X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    }

    X509& certificate() const { return *certificate_; }
    EVP_PKEY* key() const { return key_.get(); }
    std::vector<openssl::CertificatePtr> trusted() const {
        std::vector<openssl::CertificatePtr> list;
        X509_up_ref(certificate_.get());
        list.emplace_back(certificate_.get());
        return list;
    }

private:
    openssl::PkeyPtr key_;
    openssl::CertificatePtr certificate_;
};

/// What is to stand in a list, and how it is made; times in seconds from now.
struct CrlWish {
    std::map<long, int> revoked{};  ///< serial number, CRLReason by its number; 0: none written
    long lastUpdate = -60;
    long nextUpdate = 3600;
    const EVP_MD* digest = EVP_sha256();
    const char* issuingPoint = nullptr;  ///< issuingDistributionPoint, in OpenSSL's words
    bool delta = false;
};

/// DER.
inline Bytes madeCrl(const MadeCa& ca, const CrlWish& wish, EVP_PKEY* key = nullptr) {
    const openssl::CrlPtr list{X509_CRL_new()};
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(&ca.certificate()));
    ASN1_TIME* const when = ASN1_TIME_new();
    X509_CRL_set1_lastUpdate(list.get(), X509_gmtime_adj(when, wish.lastUpdate));
    X509_CRL_set1_nextUpdate(list.get(), X509_gmtime_adj(when, wish.nextUpdate));
    for (const auto& [serial, code] : wish.revoked) {
        auto* const entry = X509_REVOKED_new();
        ASN1_INTEGER* const number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, serial);
        X509_REVOKED_set_serialNumber(entry, number);
        X509_REVOKED_set_revocationDate(entry, X509_gmtime_adj(when, -60));
        if (code != 0) {
            ASN1_ENUMERATED* const reason = ASN1_ENUMERATED_new();
            ASN1_ENUMERATED_set(reason, code);
            X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, reason, 0, 0);
            ASN1_ENUMERATED_free(reason);
        }
        X509_CRL_add0_revoked(list.get(), entry);
        ASN1_INTEGER_free(number);
    }
    ASN1_TIME_free(when);
    const auto add = [&](X509_EXTENSION* extension) {
        X509_CRL_add_ext(list.get(), extension, -1);
        X509_EXTENSION_free(extension);
    };
    if (wish.issuingPoint != nullptr) {
        add(X509V3_EXT_conf_nid(nullptr, nullptr, NID_issuing_distribution_point,
                                const_cast<char*>(wish.issuingPoint)));
    }
    if (wish.delta) {
        ASN1_INTEGER* const base = ASN1_INTEGER_new();
        ASN1_INTEGER_set(base, 1);
        X509_CRL_add1_ext_i2d(list.get(), NID_delta_crl, base, 1, 0);
        ASN1_INTEGER_free(base);
    }
    X509_CRL_sort(list.get());
    X509_CRL_sign(list.get(), key == nullptr ? ca.key() : key, wish.digest);
    unsigned char* der = nullptr;
    const int length = i2d_X509_CRL(list.get(), &der);
    Bytes octets{der, der + length};
    OPENSSL_free(der);
    return octets;
}

}  // namespace zegel::tests
