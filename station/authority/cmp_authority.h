#pragma once

#include "drivers/base/openssl.h"
#include "station/authority/authority.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace zegel::station {

class Enrolment;

/// Where the CA is, whom we believe there, and who we are.
struct AuthoritySettings {
    std::string url;  ///< "http://ca.example:8080/.well-known/cmp"; "/p/<profile>" is appended
    /// The issuing CA, and those above it as far as they are trusted, in any order: both
    /// certificates and answers must come from one of them. Those that issued none of the others
    /// are taken for issuing CAs.
    std::vector<openssl::CertificatePtr> caCertificates;
    openssl::CertificatePtr registrationAuthority;  ///< what the CA knows us by
    /// Those between it and its root, when the CA has to be told them with every message.
    std::vector<openssl::CertificatePtr> aboveRegistrationAuthority;
    openssl::PkeyPtr registrationAuthorityKey;  ///< may live in a PKCS#11 token
    /// Certificates that may protect answers besides the CA's own and those that say id-kp-cmcCA.
    std::vector<openssl::CertificatePtr> answerSigners;
    std::chrono::milliseconds connectTimeout{5000};
    std::chrono::milliseconds answerTimeout{30000};  ///< for one message
    std::chrono::seconds issueTimeout{120};  ///< from request to certificate, polls included
    std::size_t lines = 16;                  ///< messages at once, each on a connection of its own
};

/// The CA over CMP version 2 (RFC 4210) on HTTP (RFC 9811): p10cr with the profile in the path,
/// certConf after the card gave the certificate back, rr. Every message is signed by the
/// registration authority. Of the answers only those count that a configured CA protects, itself
/// or through a certificate it gave for that, with SHA-256 or better.
///
/// `revoke` and the confirmation are sent again when the line breaks; a request never is: the same
/// Ticket (its transaction and request are in the ledger) asks for the same certificate again
/// where a CA can do that, and is refused with transactionIdInUse where it cannot.
class CmpAuthority final : public Authority {
public:
    /// Errors: SettingUnusable naming what is wrong with URL, certificates or key.
    explicit CmpAuthority(AuthoritySettings settings);
    ~CmpAuthority() override;
    CmpAuthority(const CmpAuthority&) = delete;
    CmpAuthority& operator=(const CmpAuthority&) = delete;

    Ticket prepare(CertificateWish wish, const RequestSigner& sign) override;
    std::unique_ptr<PendingCertificate> redeem(Ticket&& ticket) override;
    std::unique_ptr<PendingCertificate> redeemAgain(Ticket&& ticket) override;
    /// A general message (RFC 4210 5.3.19): an empty answer or a refusal is an answer.
    void expectAnswering() override;
    /// Asks the CA under which name it answers; false when it did not answer.
    /// Errors: SettingUnusable when the settings name its root and leave out the CA itself.
    bool expectIssuerNamed();
    void windUp() noexcept override;
    void revoke(const IssuedCertificate& certificate, RevocationReason reason) override;

private:
    /// What comes back for the ticket, whatever it is.
    std::unique_ptr<Enrolment> enrol(const Ticket& ticket);
    std::unique_ptr<PendingCertificate> pendingOf(std::unique_ptr<Enrolment> enrolment,
                                                  const Ticket& ticket);

    struct Inside;
    std::shared_ptr<Inside> inside_;  ///< shared with certificates that still wait
};

}  // namespace zegel::station
