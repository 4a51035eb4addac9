#include "station/authority/cmp_authority.h"

#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "station/authority/certificate_check.h"
#include "station/authority/certificate_request.h"
#include "station/authority/cmp_exchange.h"
#include "station/authority/enrolment.h"

#include <openssl/x509v3.h>

#include <array>

namespace zegel::station {

struct CmpAuthority::Inside {
    explicit Inside(AuthoritySettings given)
        : settings(std::move(given)),
          lines(settings.url, settings.connectTimeout, settings.answerTimeout, settings.lines,
                settings.issueTimeout) {}

    std::unique_ptr<CmpExchange> exchange(const std::string& profile) {
        return std::make_unique<CmpExchange>(settings, lines,
                                             profile.empty() ? "" : "/p/" + profile);
    }

    void revoke(X509& certificate, const std::string& serial, RevocationReason reason);

    AuthoritySettings settings;
    CmpLines lines;
};

namespace {

constexpr std::size_t TransactionSize = 16;

// RFC 5280, 5.3.1.
int reasonCodeOf(RevocationReason reason) {
    switch (reason) {
        case RevocationReason::Unspecified: return 0;
        case RevocationReason::KeyCompromise: return 1;
        case RevocationReason::CaCompromise: return 2;
        case RevocationReason::AffiliationChanged: return 3;
        case RevocationReason::Superseded: return 4;
        case RevocationReason::CessationOfOperation: return 5;
        case RevocationReason::CertificateHold: return 6;
        case RevocationReason::PrivilegeWithdrawn: return 9;
    }
    return 0;
}

[[noreturn]] void refuseSetting(const std::string& why) {
    throw Failure{Fault::SettingUnusable, why};
}

bool isValidNow(const X509& certificate) {
    return X509_cmp_current_time(X509_get0_notBefore(&certificate)) < 0 &&
           X509_cmp_current_time(X509_get0_notAfter(&certificate)) > 0;
}

void expectUsable(const AuthoritySettings& settings) {
    if (settings.caCertificates.empty()) {
        refuseSetting("no CA certificate is configured; name the issuing CA's");
    }
    for (const auto& authority : settings.caCertificates) {
        if (!isValidNow(*authority)) {
            refuseSetting("a configured CA certificate is not valid today; replace it");
        }
        if (X509_check_ca(authority.get()) == 0) {
            refuseSetting("a configured CA certificate is not a CA's");
        }
    }
    if (lowestOf(settings.caCertificates).empty()) {
        refuseSetting(
            "the configured CA certificates certify one another in a ring; name the "
            "issuing CA's own, and its root's");
    }
    auto* const certificate = settings.registrationAuthority.get();
    auto* const key = settings.registrationAuthorityKey.get();
    if (certificate == nullptr || key == nullptr) {
        refuseSetting("the registration authority's certificate or key is missing");
    }
    if (X509_check_private_key(certificate, key) != 1) {
        openssl::takeErrors();
        refuseSetting("the registration authority's key does not belong to its certificate");
    }
    if (!isValidNow(*certificate)) {
        refuseSetting("the registration authority's certificate is not valid today; renew it");
    }
    if ((X509_get_key_usage(certificate) & KU_DIGITAL_SIGNATURE) == 0) {
        refuseSetting("the registration authority's certificate lacks digitalSignature");
    }
    if (EVP_PKEY_is_a(key, "RSA") != 1 && EVP_PKEY_is_a(key, "EC") != 1) {
        refuseSetting(
            "the registration authority's key is neither RSA nor EC: CMP messages "
            "cannot be signed with it");
    }
}

openssl::RequestPtr requestFrom(ByteView der) {
    const auto* at = der.data();
    openssl::RequestPtr request{d2i_X509_REQ(nullptr, &at, static_cast<long>(der.size()))};
    openssl::expect(request != nullptr, Fault::Defect, "the ticket's request");
    return request;
}

/// Issuer and serial of a certificate that nobody has: rr needs no more (RFC 4210 5.3.9). OpenSSL
/// takes them out of a certificate that is whole, so the rest of this one is nobody's.
openssl::CertificatePtr namedOnly(X509& issuer, const std::string& serial) {
    BIGNUM* parsed = nullptr;
    const bool isSerial =
        !serial.empty() && BN_hex2bn(&parsed, serial.c_str()) == static_cast<int>(serial.size());
    const openssl::BignumPtr number{parsed};
    openssl::CertificatePtr named{X509_new()};
    const openssl::PkeyPtr nobody{EVP_EC_gen("P-256")};
    const bool ready =
        isSerial && nobody &&
        BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(named.get())) != nullptr &&
        X509_set_issuer_name(named.get(), X509_get_subject_name(&issuer)) == 1 &&
        X509_gmtime_adj(X509_getm_notBefore(named.get()), 0) != nullptr &&
        X509_gmtime_adj(X509_getm_notAfter(named.get()), 0) != nullptr &&
        X509_set_pubkey(named.get(), nobody.get()) == 1 &&
        X509_sign(named.get(), nobody.get(), EVP_sha256()) > 0;
    openssl::expect(ready, Fault::Defect, "naming certificate " + serial);
    return named;
}

std::string doing(const CertificateWish& wish) {
    return "asking for the " + std::string{zegel::nameOf(wish.rule.purpose)} + " certificate of " +
           wish.subject.commonName;
}

/// A certificate of this CA that waits for the card.
class CmpPending final : public PendingCertificate {
public:
    CmpPending(std::shared_ptr<void> keptAlive, std::unique_ptr<Enrolment> enrolment,
               IssuedCertificate certificate)
        : keptAlive_(std::move(keptAlive)),
          enrolment_(std::move(enrolment)),
          certificate_(std::move(certificate)) {}

    const IssuedCertificate& certificate() const noexcept override { return certificate_; }

    void confirm() override {
        enrolment_->decide("");
        const auto& exchange = enrolment_->exchange();
        if (enrolment_->succeeded()) return;
        if (exchange.saidNoWith(OSSL_CMP_PKIFAILUREINFO_certConfirmed)) return;
        const auto failed = exchange.failure("confirming certificate " + certificate_.serial);
        if (failed.fault() != Fault::AuthorityRefused) throw Failure{failed};
        // Of the order it thought nothing wrong: a person cannot correct anything.
        throw Failure{Fault::AuthorityUnavailable,
                      "the CA issued a certificate and does not take the card's word for it, as "
                      "after a restart: " +
                          std::string{failed.what()}};
    }

    void refuse(const std::string& why) noexcept override try {
        enrolment_->decide(why.empty() ? "refused" : why);
    } catch (...) {
        // What the CA did not hear, revocation will tell it.
    }

private:
    std::shared_ptr<void> keptAlive_;       ///< lines and settings, longer than the enrolment
    std::unique_ptr<Enrolment> enrolment_;  ///< destroyed without a verdict, it refuses
    IssuedCertificate certificate_;
};

}  // namespace

void CmpAuthority::Inside::revoke(X509& certificate, const std::string& serial,
                                  RevocationReason reason) {
    const auto rr = exchange("");
    const bool ready = OSSL_CMP_CTX_set1_oldCert(rr->context(), &certificate) == 1 &&
                       OSSL_CMP_CTX_set_option(rr->context(), OSSL_CMP_OPT_REVOCATION_REASON,
                                               reasonCodeOf(reason)) == 1;
    openssl::expect(ready, Fault::Defect, "CMP revocation request");
    const bool done =
        rr->run([](OSSL_CMP_CTX* context) { return OSSL_CMP_exec_RR_ses(context) == 1; });
    if (done || rr->saidNoWith(OSSL_CMP_PKIFAILUREINFO_certRevoked)) return;
    throw rr->failure("revoking certificate " + serial);
}

CmpAuthority::CmpAuthority(AuthoritySettings settings) {
    expectUsable(settings);
    inside_ = std::make_shared<Inside>(std::move(settings));
}

CmpAuthority::~CmpAuthority() = default;

Ticket CmpAuthority::prepare(CertificateWish wish, const RequestSigner& sign) {
    auto request = certificateRequestFor(wish, sign);
    return Ticket{randomBytes(TransactionSize), std::move(request), std::move(wish)};
}

std::unique_ptr<Enrolment> CmpAuthority::enrol(const Ticket& ticket) {
    const auto& rule = ticket.wish().rule;
    const auto request = requestFrom(ticket.request());
    auto enrolment =
        std::make_unique<Enrolment>(inside_->exchange(rule.certificate.authorityProfile), *request,
                                    ticket.transaction(), inside_->settings.issueTimeout);
    if (enrolment->waitForCertificate() != nullptr) return enrolment;
    enrolment->decide("");
    const auto& exchange = enrolment->exchange();
    const auto failed = exchange.failure(doing(ticket.wish()));
    const auto words =
        std::string{failed.what()} + " [transaction " + toHex(ticket.transaction()) + "]";
    if (!exchange.sentAnything() || exchange.refusedForGood()) {
        throw CertificateNotIssued{failed.fault(), words};
    }
    throw Failure{failed.fault(), words};
}

std::unique_ptr<PendingCertificate> CmpAuthority::pendingOf(std::unique_ptr<Enrolment> enrolment,
                                                            const Ticket& ticket) {
    auto issued = issuedFrom(*enrolment->waitForCertificate(), ticket.wish().rule.purpose);
    return std::make_unique<CmpPending>(inside_, std::move(enrolment), std::move(issued));
}

std::unique_ptr<PendingCertificate> CmpAuthority::redeem(Ticket&& ticket) {
    const Ticket used = std::move(ticket);
    auto enrolment = enrol(used);
    const auto why = whyNotAsWished(*enrolment->waitForCertificate(), used.wish(),
                                    inside_->settings.caCertificates, SystemClock{}.now());
    auto pending = pendingOf(std::move(enrolment), used);
    if (!why) return pending;
    throw CertificateRejected{doing(used.wish()) + ": the CA at " + inside_->lines.url() +
                                  " sent a certificate that is refused: " + *why +
                                  "; have its certificate profile corrected",
                              std::move(pending), *why};
}

std::unique_ptr<PendingCertificate> CmpAuthority::redeemAgain(Ticket&& ticket) {
    const Ticket used = std::move(ticket);
    return pendingOf(enrol(used), used);
}

void CmpAuthority::expectAnswering() {
    const auto exchange = inside_->exchange("");
    exchange->run([](OSSL_CMP_CTX* context) {
        sk_OSSL_CMP_ITAV_pop_free(OSSL_CMP_exec_GENM_ses(context), OSSL_CMP_ITAV_free);
    });
    if (!exchange->isBelieved()) throw exchange->failure("asking whether the CA is well");
}

bool CmpAuthority::expectIssuerNamed() {
    const auto exchange = inside_->exchange("");
    exchange->run([](OSSL_CMP_CTX* context) {
        sk_OSSL_CMP_ITAV_pop_free(OSSL_CMP_exec_GENM_ses(context), OSSL_CMP_ITAV_free);
    });
    const auto& leftOut = exchange->issuerLeftOut();
    if (leftOut.empty()) return exchange->isAnswered();
    throw Failure{
        Fault::SettingUnusable,
        "settings, [authority] certificates: they name roots only, and the CA answers as " +
            leftOut +
            ", which one of them certified; put its certificate there too, for the "
            "certificates that it issues are held against it"};
}

void CmpAuthority::windUp() noexcept {
    inside_->lines.windUp();
}

void CmpAuthority::revoke(const IssuedCertificate& certificate, RevocationReason reason) {
    if (!certificate.der.empty()) {
        return inside_->revoke(*openssl::certificateFromDer(certificate.der), certificate.serial,
                               reason);
    }
    const auto issuers = lowestOf(inside_->settings.caCertificates);
    for (std::size_t at = 0; at + 1 < issuers.size(); ++at) {
        try {
            return inside_->revoke(*namedOnly(issuers[at], certificate.serial), certificate.serial,
                                   reason);
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::AuthorityRefused) throw;  // else it is the next one's
        }
    }
    inside_->revoke(*namedOnly(issuers.back(), certificate.serial), certificate.serial, reason);
}

}  // namespace zegel::station
