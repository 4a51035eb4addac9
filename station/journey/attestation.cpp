#include "station/journey/attestation.h"

#include <openssl/x509v3.h>

#include <algorithm>

namespace zegel::station {
namespace {

using StorePtr = std::unique_ptr<X509_STORE, openssl::Freed<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, openssl::Freed<X509_STORE_CTX_free>>;

struct FreeNames {
    void operator()(STACK_OF(X509) * certificates) const noexcept { sk_X509_free(certificates); }
};
using BorrowedCertificates = std::unique_ptr<STACK_OF(X509), FreeNames>;

std::string commonNameOf(const X509& certificate) {
    const auto* name = X509_get_subject_name(&certificate);
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    const openssl::BioPtr text{BIO_new(BIO_s_mem())};
    if (at >= 0) {
        // Escaped, so that a name cannot begin a line of its own in the record.
        ASN1_STRING_print_ex(
            text.get(), X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)),
            ASN1_STRFLGS_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    } else {
        X509_NAME_print_ex(text.get(), name, 0, XN_FLAG_RFC2253);
    }
    char* octets = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &octets);
    return {octets, static_cast<std::size_t>(size)};
}

bool isAbout(const X509& statement, ByteView spki) {
    if (std::ranges::equal(openssl::spkiOf(statement), spki)) return true;
    const auto* key = X509_get0_pubkey(&statement);  // the same key may be spelt otherwise
    const bool same = key != nullptr && std::ranges::equal(openssl::toSpki(*key), spki);
    openssl::takeErrors();
    return same;
}

}  // namespace

AttestationRoots::AttestationRoots(std::vector<openssl::CertificatePtr> trusted)
    : trusted_(std::move(trusted)) {}

std::optional<std::string> AttestationRoots::makerOf(X509& statement, X509& issuer,
                                                     TimePoint now) const {
    if (trusted_.empty()) return std::nullopt;
    const StorePtr store{X509_STORE_new()};
    const StoreCtxPtr context{X509_STORE_CTX_new()};
    const BorrowedCertificates between{sk_X509_new_null()};
    bool ok = store && context && between && sk_X509_push(between.get(), &issuer) > 0;
    for (const auto& certificate : trusted_)
        ok = ok && X509_STORE_add_cert(store.get(), certificate.get()) == 1;
    ok = ok && X509_STORE_CTX_init(context.get(), store.get(), &statement, between.get()) == 1;
    openssl::expect(ok, Fault::Defect, "checking an attestation");
    // A maker's certificate below its root is trusted by itself.
    X509_STORE_CTX_set_flags(context.get(), X509_V_FLAG_PARTIAL_CHAIN);
    X509_STORE_CTX_set_time(context.get(), 0, now.time_since_epoch().count());
    const bool leads = X509_verify_cert(context.get()) == 1;
    openssl::takeErrors();
    if (!leads) return std::nullopt;
    const auto* chain = X509_STORE_CTX_get0_chain(context.get());
    const bool throughIssuer =
        sk_X509_num(chain) > 1 && X509_cmp(sk_X509_value(chain, 1), &issuer) == 0;
    if (!throughIssuer) return std::nullopt;
    return commonNameOf(*sk_X509_value(chain, sk_X509_num(chain) - 1));
}

std::string provenOrigin(cards::CardDriver& chip, const cardprofiles::KeyRule& rule, ByteView spki,
                         const AttestationRoots& roots, TimePoint now) {
    const std::string made = "made on the chip at the station's word, ";
    using cardprofiles::Attestation;
    if (rule.attestation == Attestation::None) return made + "not attested";
    const auto chain = chip.attestation(rule.purpose);
    const bool required = rule.attestation == Attestation::Required;
    // Applets say the version of a chip that attests, and do not.
    if (chain.empty() && !required) return made + "the chip does not attest";
    const auto untrusted = [&](const std::string& what) {
        return Failure{Fault::CardUntrusted, "the attestation of the key for " +
                                                 std::string{nameOf(rule.purpose)} + " " + what};
    };
    if (chain.empty()) {
        throw untrusted(
            "is refused by the chip, and the profile requires it; take a card that "
            "attests its keys");
    }
    if (chain.size() < 2) throw untrusted("comes without its issuer");
    const auto statement = openssl::certificateFromDer(chain[0], Fault::CardUntrusted);
    const auto issuer = openssl::certificateFromDer(chain[1], Fault::CardUntrusted);
    if (!isAbout(*statement, spki)) throw untrusted("is about another key");
    if (const auto maker = roots.makerOf(*statement, *issuer, now)) {
        return "made on the chip, attestation verified under " + *maker;
    }
    auto* issuerKey = X509_get0_pubkey(issuer.get());
    if (issuerKey == nullptr || X509_verify(statement.get(), issuerKey) != 1) {
        openssl::takeErrors();
        throw untrusted("is not signed by the chip's attestation key");
    }
    if (!roots.any() && !required) return made + "attested by the chip's own word only";
    throw untrusted(
        "leads to no maker that the setting attestation_roots names; take a card of a "
        "maker that it names, or add this maker's root");
}

}  // namespace zegel::station
