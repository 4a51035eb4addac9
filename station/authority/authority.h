#pragma once

#include "cardprofiles/profile.h"
#include "drivers/base/bytes.h"
#include "drivers/base/clock.h"
#include "drivers/base/failure.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace zegel::station {

/// Subject attributes in the order they stand in the name (RFC 5280 4.1.2.6).
struct SubjectName {
    std::string country;
    std::string organisation;
    std::string organisationIdentifier;  ///< "NTRNL-12345678", OID 2.5.4.97; may be empty
    std::string commonName;
    std::optional<std::string> serialNumber;  ///< OIN
};

/// One certificate to be asked for.
struct CertificateWish {
    SubjectName subject;
    cardprofiles::KeyRule rule;
    Bytes spki;  ///< SubjectPublicKeyInfo, DER
};

/// Signs a digest with the key that the wish names: on the chip, or in the station for a key that
/// is imported. ECDSA signatures in DER.
using RequestSigner = std::function<Bytes(SignatureScheme scheme, ByteView digest)>;

/// Leave to ask the CA for one certificate, once: the finished PKCS#10 request and the
/// transaction it will run under, fixed before it is sent so that the ledger can write them down
/// first. Move-only; `redeem` consumes it.
class Ticket {
public:
    Ticket(Bytes transaction, Bytes request, CertificateWish wish)
        : transaction_(std::move(transaction)),
          request_(std::move(request)),
          wish_(std::move(wish)) {}
    Ticket(Ticket&&) noexcept = default;
    Ticket& operator=(Ticket&&) noexcept = default;
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    ~Ticket() = default;

    ByteView transaction() const noexcept { return transaction_; }  ///< 16 octets
    ByteView request() const noexcept { return request_; }          ///< PKCS#10, DER
    const CertificateWish& wish() const noexcept { return wish_; }

private:
    Bytes transaction_;
    Bytes request_;
    CertificateWish wish_;
};

/// What the ledger keeps of a certificate, and what revocation needs.
struct IssuedCertificate {
    Purpose purpose{};
    Bytes der;
    std::string serial;  ///< hexadecimal, upper case
    TimePoint notBefore{};
    TimePoint notAfter{};
};

/// CRLReason by name (RFC 5280 5.3.1). Never by the number on an issuer's form,
/// where 6 may mean privilegeWithdrawn, which is 9 here.
enum class RevocationReason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    PrivilegeWithdrawn
};
std::string_view nameOf(RevocationReason reason) noexcept;  // "keyCompromise"
std::optional<RevocationReason> revocationReasonNamed(std::string_view name) noexcept;

std::span<const RevocationReason> allRevocationReasons() noexcept;

/// A certificate that the CA has issued and still waits to hear about (RFC 4210 5.2.8). It has
/// passed every check against its wish. Ends in exactly one of confirm or refuse.
class PendingCertificate {
public:
    /// After neither of them: refuses, and waits until the CA heard of it or its time is over.
    virtual ~PendingCertificate() = default;
    PendingCertificate(const PendingCertificate&) = delete;
    PendingCertificate& operator=(const PendingCertificate&) = delete;

    virtual const IssuedCertificate& certificate() const noexcept = 0;
    /// Sends certConf (accepted) and waits for pkiConf: after the card gave it back as written.
    /// A repeated one that the CA calls already confirmed is a success.
    /// Errors: AuthorityUnavailable, also when it refuses: it found nothing wrong with the order.
    virtual void confirm() = 0;
    /// Sends certConf (rejected); the CA revokes. Never throws: what it could not say is for
    /// `revoke`.
    virtual void refuse(const std::string& why) noexcept = 0;

protected:
    PendingCertificate() = default;
};

/// It is sure that the CA issued nothing for this ticket and will not: the request never left the
/// house (AuthorityUnavailable), or the CA said no to it (AuthorityRefused).
class CertificateNotIssued : public Failure {
public:
    using Failure::Failure;
};

/// A certificate came back and does not fit its wish. `rejected` is what could be read of it, so
/// that the ledger sees to its revocation; then it is to be refused, for a CA that was told so may
/// not tell of it again. Refused with the last copy of this at the latest. The message names the
/// field that differs.
class CertificateRejected : public Failure {
public:
    CertificateRejected(std::string message, std::shared_ptr<PendingCertificate> rejected,
                        std::string why, Origin origin = Origin::here())
        : Failure(Fault::AuthorityRefused, std::move(message), origin),
          rejected_(std::move(rejected)),
          why_(std::move(why)) {}

    const IssuedCertificate& rejected() const noexcept { return rejected_->certificate(); }
    void refuse() const noexcept { rejected_->refuse(why_); }

private:
    std::shared_ptr<PendingCertificate> rejected_;
    std::string why_;
};

/// The CA, as the walk needs it: prepare, redeem once, revoke. Safe for several threads.
class Authority {
public:
    virtual ~Authority() = default;
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    /// Builds and signs the PKCS#10 request, verifies its signature with the wish's own key.
    /// Sends nothing. Errors: AuthorityRefused never; CardUntrusted when the signature is wrong.
    virtual Ticket prepare(CertificateWish wish, const RequestSigner& sign) = 0;

    /// Sends p10cr, polls as the CA asks, checks what comes back: key, subject, issuer and chain,
    /// key usage, extended key usage, policies, validity.
    /// Errors: AuthorityUnavailable (slow, broken or unbelievable answer), AuthorityRefused (it
    /// says no, and may have issued before): issued or not is unknown. CertificateNotIssued.
    /// CertificateRejected (issued, and not as asked).
    virtual std::unique_ptr<PendingCertificate> redeem(Ticket&& ticket) = 0;

    /// The same question again, under a ticket whose answer was lost: it makes no second
    /// certificate. What comes back is held against no wish; it is to be written down and refused.
    /// Errors: as `redeem`, but nothing is sure about the first time it was asked, and nothing is
    /// rejected.
    virtual std::unique_ptr<PendingCertificate> redeemAgain(Ticket&& ticket) {
        return redeem(std::move(ticket));
    }

    /// Whether the CA answers, and as one that is believed. Nothing is asked that it would have to
    /// issue for. Errors: AuthorityUnavailable.
    virtual void expectAnswering() {}

    /// Leave to change a chip for this CA. Let go without anything having been asked of it, it is
    /// another card's.
    using Turn = std::shared_ptr<const void>;
    /// Before a chip is changed; kept until its walk is over. Errors: AuthorityUnavailable.
    virtual Turn takeTurn() { return {}; }

    /// Whether there is any sense in asking it to revoke now, or about a lost answer.
    virtual bool isDue() const { return true; }

    /// The station stops: a call that hangs is given up soon, and what it asked stays unknown.
    virtual void windUp() noexcept {}

    /// Sends rr. A certificate that is revoked already is a success. `der` may be empty: issuer
    /// (the configured CA) and serial are enough.
    /// Errors: AuthorityUnavailable, AuthorityRefused.
    virtual void revoke(const IssuedCertificate& certificate, RevocationReason reason) = 0;

protected:
    Authority() = default;
};

}  // namespace zegel::station
