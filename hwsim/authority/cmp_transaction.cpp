#include "hwsim/authority/cmp_transaction.h"

#include "drivers/base/hex.h"
#include "hwsim/authority/certificate_text.h"
#include "hwsim/authority/cmp_body.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>

namespace zegel::hwsim {

namespace {

using OctetStringPtr = std::unique_ptr<ASN1_OCTET_STRING, openssl::Freed<ASN1_OCTET_STRING_free>>;

/// One DER element: what is inside, and what follows it.
struct Element {
    int tag = -1;
    ByteView inside;
    ByteView rest;
};

Element elementAt(ByteView der) {
    const auto* at = der.data();
    long length = 0;
    int tag = 0;
    int form = 0;
    if (der.empty() ||
        (ASN1_get_object(&at, &length, &tag, &form, static_cast<long>(der.size())) & 0x80) != 0) {
        return {};
    }
    const auto head = static_cast<std::size_t>(at - der.data());
    const auto size = static_cast<std::size_t>(length);
    return {tag, der.subspan(head, size), der.subspan(head + size)};
}

/// PKIStatusInfo starts with its PKIStatus; there is no public accessor (RFC 4210, 5.2.3).
bool saysAccepted(const OSSL_CMP_PKISI& status) {
    Bytes der(static_cast<std::size_t>(i2d_OSSL_CMP_PKISI(&status, nullptr)));
    auto* at = der.data();
    i2d_OSSL_CMP_PKISI(&status, &at);
    const auto number = elementAt(elementAt(der).inside).inside;
    return number.size() == 1 && (number.front() == OSSL_CMP_PKISTATUS_accepted ||
                                  number.front() == OSSL_CMP_PKISTATUS_grantedWithMods);
}

CmpTransaction& transactionOf(OSSL_CMP_SRV_CTX* server) {
    return *static_cast<CmpTransaction*>(OSSL_CMP_SRV_CTX_get0_custom_ctx(server));
}

OSSL_CMP_PKISI* accepted() {
    return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_accepted, 0, nullptr);
}

OSSL_CMP_PKISI* rejected(CmpTransaction& transaction, int failure, const std::string& why) {
    transaction.statement += ": rejected, " + why;
    return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_rejection, 1 << failure, why.c_str());
}

Bytes digestOf(const X509_REQ& request) {
    Bytes digest(32);
    unsigned length = 0;
    X509_REQ_digest(&request, EVP_sha256(), digest.data(), &length);
    return digest;
}

/// The same request under the same transaction: what was issued then.
openssl::CertificatePtr issuedBefore(const CmpTransaction& transaction, const X509_REQ& request) {
    const auto known = transaction.book->byTransaction(transaction.id);
    if (!known || known->rejected || known->requestDigest != digestOf(request)) return nullptr;
    return openssl::certificateFromDer(known->certificate);
}

void record(CmpTransaction& transaction, const X509_REQ& request) {
    IssuedEntry entry;
    entry.serial = serialOf(X509_get0_serialNumber(transaction.issued.get()));
    entry.transaction = transaction.id;
    entry.profile = transaction.profile;
    entry.requestDigest = digestOf(request);
    entry.certificate = openssl::toDer(*transaction.issued);
    transaction.serial = entry.serial;
    transaction.book->add(entry);
}

/// OpenSSL lets go of what it is handed; a copy of each would cost more than all else of an answer.
void hand(const CmpTransaction& transaction, X509** certificate, STACK_OF(X509) * *chain) {
    *certificate = transaction.issued.get();
    X509_up_ref(*certificate);
    *chain = sk_X509_new_null();
    auto* const issuer = const_cast<X509*>(&transaction.authority->issuer());
    X509_up_ref(issuer);
    sk_X509_push(*chain, issuer);
}

/// OpenSSL is C: nothing may be thrown through it.
template <typename Use>
OSSL_CMP_PKISI* withinOpenSsl(CmpTransaction& transaction, Use&& use) noexcept {
    try {
        return use();
    } catch (const std::exception& broken) {
        return rejected(transaction, OSSL_CMP_PKIFAILUREINFO_systemFailure, broken.what());
    }
}

/// Why this request is not answered with a certificate, or null.
OSSL_CMP_PKISI* refusalOf(CmpTransaction& transaction, const X509_REQ* request) {
    if (request == nullptr) {
        return rejected(transaction, OSSL_CMP_PKIFAILUREINFO_badRequest,
                        "only PKCS#10 requests (p10cr) are taken");
    }
    if (certificateProfileNamed(transaction.profile) == nullptr) {
        return rejected(transaction, OSSL_CMP_PKIFAILUREINFO_badCertTemplate,
                        "there is no certificate profile \"" + transaction.profile + "\"");
    }
    switch (transaction.behaviour.mischief) {
        case Mischief::Refuse:
            return rejected(transaction, OSSL_CMP_PKIFAILUREINFO_badCertTemplate,
                            "the organisation is not registered here");
        case Mischief::NotAuthorised:
            return rejected(transaction, OSSL_CMP_PKIFAILUREINFO_notAuthorized,
                            "this registration authority may not ask for that");
        case Mischief::SystemFailure:
            return rejected(transaction, OSSL_CMP_PKIFAILUREINFO_systemFailure, "the disk is full");
        default: return nullptr;
    }
}

OSSL_CMP_PKISI* issue(CmpTransaction& transaction, const X509_REQ& request, X509** certificate,
                      STACK_OF(X509) * *chain) {
    transaction.issued = issuedBefore(transaction, request);
    if (transaction.issued) {
        transaction.serial = serialOf(X509_get0_serialNumber(transaction.issued.get()));
        transaction.statement += ": again " + transaction.serial;
    } else if (transaction.book->byTransaction(transaction.id)) {
        return rejected(transaction, OSSL_CMP_PKIFAILUREINFO_transactionIdInUse,
                        "this transaction was used for another request");
    } else {
        transaction.issued = transaction.authority->issue(
            *certificateProfileNamed(transaction.profile), request, transaction.behaviour.mischief);
        record(transaction, request);
        transaction.statement += ": issued " + transaction.serial;
    }
    hand(transaction, certificate, chain);
    return accepted();
}

OSSL_CMP_PKISI* certify(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG* message, int,
                        const OSSL_CRMF_MSG*, const X509_REQ* request, X509** certificate,
                        STACK_OF(X509) * *chain, STACK_OF(X509) **) {
    auto& transaction = transactionOf(server);
    return withinOpenSsl(transaction, [&]() -> OSSL_CMP_PKISI* {
        if (auto* const refusal = refusalOf(transaction, request)) return refusal;
        if (transaction.pollsLeft == 0) return issue(transaction, *request, certificate, chain);
        transaction.waiting.reset(OSSL_CMP_MSG_dup(message));
        transaction.statement += ": waiting";
        return OSSL_CMP_STATUSINFO_new(OSSL_CMP_PKISTATUS_waiting, 0, nullptr);
    });
}

OSSL_CMP_PKISI* revoke(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG* message,
                       const X509_NAME* issuer, const ASN1_INTEGER* number) {
    auto& transaction = transactionOf(server);
    const auto failed = [&](int failure, const std::string& why) {
        return rejected(transaction, failure, why);
    };
    if (transaction.behaviour.mischief == Mischief::Refuse) {
        return failed(OSSL_CMP_PKIFAILUREINFO_notAuthorized, "revocation is closed today");
    }
    if (issuer == nullptr || number == nullptr ||
        X509_NAME_cmp(issuer, X509_get_subject_name(&transaction.authority->issuer())) != 0) {
        return failed(OSSL_CMP_PKIFAILUREINFO_wrongAuthority, "not a certificate of this CA");
    }
    const auto serial = serialOf(number);
    const auto known = transaction.book->bySerial(serial);
    if (!known) return failed(OSSL_CMP_PKIFAILUREINFO_badCertId, "no certificate " + serial);
    const auto reason = revocationReasonOf(*message);
    if (!transaction.book->revoke(serial, reason, present())) {
        return failed(OSSL_CMP_PKIFAILUREINFO_certRevoked, serial + " is revoked already");
    }
    transaction.onRevoked();
    transaction.statement += ": revoked " + serial + ", reason " + std::to_string(reason);
    return accepted();
}

void clientFailed(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG*, const OSSL_CMP_PKISI*,
                  const ASN1_INTEGER*, const OSSL_CMP_PKIFREETEXT*) {
    rejectIssued(transactionOf(server));
}

int confirm(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG*, int certReqId,
            const ASN1_OCTET_STRING* hash, const OSSL_CMP_PKISI* status) {
    auto& transaction = transactionOf(server);
    const OctetStringPtr expected{
        transaction.issued ? X509_digest_sig(transaction.issued.get(), nullptr, nullptr) : nullptr};
    if (certReqId != -1 || !expected || ASN1_OCTET_STRING_cmp(expected.get(), hash) != 0) {
        ERR_raise_data(ERR_LIB_CMP, CMP_R_CERTHASH_UNMATCHED, "not the certificate issued");
        return 0;
    }
    if (status != nullptr && !saysAccepted(*status)) {  // called for a rejection too
        rejectIssued(transaction);
        return 1;
    }
    transaction.told = true;
    transaction.book->confirm(transaction.serial);
    transaction.statement += ": confirmed " + transaction.serial;
    return 1;
}

int poll(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG*, int, OSSL_CMP_MSG** original,
         std::int64_t* checkAfter) {
    auto& transaction = transactionOf(server);
    *original = nullptr;
    if (--transaction.pollsLeft <= 0) {
        *original = transaction.waiting.release();
        return 1;
    }
    *checkAfter = 1;
    return 1;
}

}  // namespace

int revocationReasonOf(const OSSL_CMP_MSG& message) {
    Bytes der(static_cast<std::size_t>(i2d_OSSL_CMP_MSG(&message, nullptr)));
    auto* out = der.data();
    i2d_OSSL_CMP_MSG(&message, &out);
    const auto header = elementAt(elementAt(der).inside);
    const auto body = elementAt(header.rest);
    if (body.tag != CmpRr) return 0;
    const auto details = elementAt(elementAt(body.inside).inside);
    const auto extensions = elementAt(details.inside).rest;
    if (extensions.empty()) return 0;
    const auto* at = extensions.data();
    using ExtensionsPtr = std::unique_ptr<X509_EXTENSIONS, decltype([](X509_EXTENSIONS* held) {
                                              sk_X509_EXTENSION_pop_free(held, X509_EXTENSION_free);
                                          })>;
    const ExtensionsPtr parsed{
        d2i_X509_EXTENSIONS(nullptr, &at, static_cast<long>(extensions.size()))};
    using EnumeratedPtr = std::unique_ptr<ASN1_ENUMERATED, openssl::Freed<ASN1_ENUMERATED_free>>;
    const EnumeratedPtr reason{static_cast<ASN1_ENUMERATED*>(
        X509V3_get_d2i(parsed.get(), NID_crl_reason, nullptr, nullptr))};
    return reason ? static_cast<int>(ASN1_ENUMERATED_get(reason.get())) : 0;
}

void rejectIssued(CmpTransaction& transaction) {
    if (transaction.told || transaction.serial.empty()) return;
    transaction.told = true;
    transaction.book->reject(transaction.serial);
    transaction.book->revoke(transaction.serial, 0, present());
    transaction.onRevoked();
    transaction.statement += ": refused by the client, revoked " + transaction.serial;
}

void prepare(CmpTransaction& transaction, X509& registrationAuthority) {
    transaction.server.reset(OSSL_CMP_SRV_CTX_new(nullptr, nullptr));
    openssl::expect(transaction.server != nullptr, Fault::Defect, "CMP server context");
    auto* const context = OSSL_CMP_SRV_CTX_get0_cmp_ctx(transaction.server.get());
    const bool ready = OSSL_CMP_SRV_CTX_init(transaction.server.get(), &transaction, certify,
                                             revoke, nullptr, clientFailed, confirm, poll) == 1 &&
                       OSSL_CMP_CTX_set1_srvCert(context, &registrationAuthority) == 1 &&
                       OSSL_CMP_CTX_set_log_verbosity(context, 0) == 1;
    openssl::expect(ready, Fault::Defect, "CMP server context");
}

void chooseSigner(CmpTransaction& transaction) {
    auto* const context = OSSL_CMP_SRV_CTX_get0_cmp_ctx(transaction.server.get());
    const auto mischief = transaction.behaviour.mischief;
    const auto& signer = transaction.authority->signerFor(mischief);
    using StackPtr = std::unique_ptr<STACK_OF(X509),
                                     decltype([](STACK_OF(X509) * held) { sk_X509_free(held); })>;
    const StackPtr chain{sk_X509_new_null()};
    sk_X509_push(chain.get(), const_cast<X509*>(&transaction.authority->issuer()));
    const bool ready =
        OSSL_CMP_CTX_set1_cert(context, signer.certificate.get()) == 1 &&
        OSSL_CMP_CTX_set1_pkey(context, signer.key.get()) == 1 &&
        OSSL_CMP_CTX_set1_untrusted(context, chain.get()) == 1 &&
        OSSL_CMP_CTX_set_option(context, OSSL_CMP_OPT_DIGEST_ALGNID,
                                mischief == Mischief::Sha1Protection ? NID_sha1 : NID_sha256) == 1;
    openssl::expect(ready, Fault::Defect, "CMP message signer");
}

}  // namespace zegel::hwsim
