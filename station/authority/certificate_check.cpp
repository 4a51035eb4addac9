#include "station/authority/certificate_check.h"

#include "drivers/base/certificate_facts.h"
#include "station/authority/subject.h"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <set>

namespace zegel::station {

namespace {

using namespace std::chrono;

using StorePtr = std::unique_ptr<X509_STORE, openssl::Freed<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, openssl::Freed<X509_STORE_CTX_free>>;
using UsagePtr = std::unique_ptr<EXTENDED_KEY_USAGE, openssl::Freed<EXTENDED_KEY_USAGE_free>>;
using PoliciesPtr = std::unique_ptr<CERTIFICATEPOLICIES, openssl::Freed<CERTIFICATEPOLICIES_free>>;

using Why = std::optional<std::string>;

constexpr auto ClockDifference = minutes{5};

struct NamedUsage {
    const char* name;
    unsigned bit;
};

// RFC 5280, 4.2.1.3.
constexpr std::array Usages{
    NamedUsage{"digitalSignature", KU_DIGITAL_SIGNATURE},
    NamedUsage{"nonRepudiation", KU_NON_REPUDIATION},
    NamedUsage{"keyEncipherment", KU_KEY_ENCIPHERMENT},
    NamedUsage{"dataEncipherment", KU_DATA_ENCIPHERMENT},
    NamedUsage{"keyAgreement", KU_KEY_AGREEMENT},
    NamedUsage{"keyCertSign", KU_KEY_CERT_SIGN},
    NamedUsage{"cRLSign", KU_CRL_SIGN},
    NamedUsage{"encipherOnly", KU_ENCIPHER_ONLY},
    NamedUsage{"decipherOnly", KU_DECIPHER_ONLY},
};

std::string listed(const std::set<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text.empty() ? "nothing" : text;
}

std::set<std::string> setOf(const std::vector<std::string>& words) {
    return {words.begin(), words.end()};
}

std::string dotted(const ASN1_OBJECT* object) {
    std::array<char, 128> text{};
    OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
    return text.data();
}

Why keyOf(X509& certificate, const CertificateWish& wish) {
    if (openssl::spkiOf(certificate) == wish.spki) return std::nullopt;
    auto* const key = X509_get0_pubkey(&certificate);  // the same key may be spelt otherwise
    if (key != nullptr && openssl::toSpki(*key) == wish.spki) return std::nullopt;
    openssl::takeErrors();
    return "it holds another public key than the one asked for";
}

Why keyUsageOf(X509& certificate, const CertificateWish& wish) {
    std::set<std::string> there;
    if ((X509_get_extension_flags(&certificate) & EXFLAG_KUSAGE) != 0) {
        for (const auto& usage : Usages) {
            if ((X509_get_key_usage(&certificate) & usage.bit) != 0) there.insert(usage.name);
        }
    }
    const auto wanted = setOf(wish.rule.certificate.keyUsage);
    if (there == wanted) return std::nullopt;
    return "key usage is " + listed(there) + ", not " + listed(wanted);
}

Why extendedKeyUsageOf(X509& certificate, const CertificateWish& wish) {
    const UsagePtr usages{static_cast<EXTENDED_KEY_USAGE*>(
        X509_get_ext_d2i(&certificate, NID_ext_key_usage, nullptr, nullptr))};
    std::set<std::string> there;
    for (int i = 0; i < sk_ASN1_OBJECT_num(usages.get()); ++i) {
        there.insert(dotted(sk_ASN1_OBJECT_value(usages.get(), i)));
    }
    const auto wanted = setOf(wish.rule.certificate.extendedKeyUsage);
    if (there == wanted) return std::nullopt;
    return "extended key usage is " + listed(there) + ", not " + listed(wanted);
}

Why policiesOf(X509& certificate, const CertificateWish& wish) {
    const PoliciesPtr policies{static_cast<CERTIFICATEPOLICIES*>(
        X509_get_ext_d2i(&certificate, NID_certificate_policies, nullptr, nullptr))};
    std::set<std::string> there;
    for (int i = 0; i < sk_POLICYINFO_num(policies.get()); ++i) {
        there.insert(dotted(sk_POLICYINFO_value(policies.get(), i)->policyid));
    }
    for (const auto& wanted : wish.rule.certificate.policies) {
        if (!there.contains(wanted)) {
            return "certificate policy " + wanted + " is missing; it says " + listed(there);
        }
    }
    return std::nullopt;
}

Why validityOf(X509& certificate, const CertificateWish& wish, TimePoint now) {
    const auto start = openssl::notBeforeOf(certificate);
    const auto end = openssl::notAfterOf(certificate);
    if (start > now + ClockDifference) {
        return "validity starts at " + toRfc3339(start) + ", after now (" + toRfc3339(now) +
               "); check both clocks";
    }
    if (end <= now) return "validity ended at " + toRfc3339(end) + ", before now";
    const auto longest = days{wish.rule.certificate.longestValidityDays};
    if (end - start <= longest) return std::nullopt;
    return "validity is " + std::to_string(duration_cast<days>(end - start).count()) +
           " days, longer than the " + std::to_string(longest.count()) + " of the card profile";
}

Why signatureOf(X509& certificate) {
    int digest = NID_undef;
    int keyType = NID_undef;
    int bits = 0;
    if (X509_get_signature_info(&certificate, &digest, &keyType, &bits, nullptr) == 1 &&
        (digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512) && bits >= 100) {
        return std::nullopt;
    }
    return std::string{"signature algorithm "} + OBJ_nid2ln(X509_get_signature_nid(&certificate)) +
           " is too weak";
}

Why roleOf(X509& certificate) {
    if (X509_get_version(&certificate) != X509_VERSION_3) return "it is not an X.509 version 3";
    const auto flags = X509_get_extension_flags(&certificate);
    if ((flags & EXFLAG_INVALID) != 0) return "its extensions cannot be read";
    if ((flags & EXFLAG_CA) != 0) return "basic constraints make it a CA certificate";
    return std::nullopt;
}

Why issuerOf(X509& certificate, std::span<const openssl::CertificatePtr> authorities,
             TimePoint now) {
    const StorePtr store{X509_STORE_new()};
    for (const auto& authority : authorities) {
        X509_STORE_add_cert(store.get(), authority.get());
    }
    const StoreCtxPtr context{X509_STORE_CTX_new()};
    const bool ready = X509_STORE_CTX_init(context.get(), store.get(), &certificate, nullptr) == 1;
    openssl::expect(ready, Fault::Defect, "checking the certificate's chain");
    auto* const rules = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(rules, now.time_since_epoch().count());
    // A notBefore a little ahead of our clock was judged already.
    if (openssl::notBeforeOf(certificate) > now) {
        X509_VERIFY_PARAM_set_time(rules,
                                   openssl::notBeforeOf(certificate).time_since_epoch().count());
    }
    if (X509_verify_cert(context.get()) == 1) return std::nullopt;
    const auto code = X509_STORE_CTX_get_error(context.get());
    openssl::takeErrors();
    std::string why{"its issuer is not the configured CA: "};
    why += X509_verify_cert_error_string(code);
    if (code != X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY) return why;
    return why + "; the settings must name the issuing CA's own certificate, not its root only";
}

}  // namespace

std::optional<std::string> whyNotAsWished(X509& certificate, const CertificateWish& wish,
                                          std::span<const openssl::CertificatePtr> authorities,
                                          TimePoint now) {
    if (auto why = keyOf(certificate, wish)) return why;
    if (auto why = differenceIn(*X509_get_subject_name(&certificate), wish.subject)) return why;
    if (auto why = roleOf(certificate)) return why;
    if (auto why = validityOf(certificate, wish, now)) return why;
    if (auto why = keyUsageOf(certificate, wish)) return why;
    if (auto why = extendedKeyUsageOf(certificate, wish)) return why;
    if (auto why = policiesOf(certificate, wish)) return why;
    if (auto why = signatureOf(certificate)) return why;
    return issuerOf(certificate, authorities, now);
}

std::vector<std::reference_wrapper<X509>> lowestOf(
    std::span<const openssl::CertificatePtr> authorities) {
    std::vector<std::reference_wrapper<X509>> lowest;
    for (const auto& one : authorities) {
        const bool issued = std::ranges::any_of(authorities, [&](const auto& other) {
            return X509_cmp(one.get(), other.get()) != 0 &&
                   X509_check_issued(one.get(), other.get()) == X509_V_OK &&
                   X509_check_issued(other.get(), one.get()) != X509_V_OK;
        });
        if (!issued) lowest.emplace_back(*one);
    }
    return lowest;
}

bool isLeftOut(X509& certificate, std::span<const openssl::CertificatePtr> authorities) {
    const auto isRoot = [](const auto& known) {
        return X509_check_issued(known.get(), known.get()) == X509_V_OK;
    };
    const auto isIt = [&](const auto& known) { return X509_cmp(known.get(), &certificate) == 0; };
    return X509_check_ca(&certificate) != 0 && std::ranges::none_of(authorities, isIt) &&
           std::ranges::all_of(authorities, isRoot);
}

IssuedCertificate issuedFrom(const X509& certificate, Purpose purpose) {
    IssuedCertificate issued;
    issued.purpose = purpose;
    issued.der = openssl::toDer(certificate);
    issued.serial = openssl::serialOf(certificate);
    issued.notBefore = openssl::notBeforeOf(certificate);
    issued.notAfter = openssl::notAfterOf(certificate);
    return issued;
}

}  // namespace zegel::station
