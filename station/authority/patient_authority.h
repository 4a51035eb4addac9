#pragma once

#include "station/authority/authority.h"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace zegel::station {

/// How long a CA that is away, not believed or refusing is left alone.
struct Patience {
    std::chrono::seconds first{5};      ///< doubled each time
    std::chrono::seconds longest{300};  ///< and never more than this
};

/// What the station's people are told of the CA.
struct AuthorityCondition {
    bool isWaitedFor = false;
    std::string reason;  ///< of the last try
    TimePoint since{};
    TimePoint nextTry{};
    Fault fault = Fault::AuthorityUnavailable;  ///< of the last try

    friend bool operator==(const AuthorityCondition&, const AuthorityCondition&) = default;
};

/// A CA that is left alone for a while when it does not answer, is not believed or refuses: every
/// card tried with it would cost a certificate that has to be revoked. After each pause one card is
/// let through; before it, a CA that was not believed has to answer a question that costs nothing.
/// A certificate that comes ends the waiting, one that is confirmed the growing of the pauses.
///
/// Revocations and questions after lost answers do not wait for cards, nor cards for them: one that
/// fails says nothing of the CA, unless the CA does not answer that free question either.
class PatientAuthority final : public Authority {
public:
    PatientAuthority(Authority& authority, const Clock& clock, Patience patience = {})
        : authority_(authority), clock_(clock), patience_(patience) {}

    Ticket prepare(CertificateWish wish, const RequestSigner& sign) override;
    std::unique_ptr<PendingCertificate> redeem(Ticket&& ticket) override;
    /// A refusal to tell again says nothing about new requests: it makes nobody wait.
    std::unique_ptr<PendingCertificate> redeemAgain(Ticket&& ticket) override;
    /// Asks nothing. Errors: AuthorityUnavailable with the reason and the next try's time.
    void expectAnswering() override;
    /// The one trial after a pause, or any card's when nothing is waited for. Errors: as
    /// `expectAnswering`.
    Turn takeTurn() override;
    bool isDue() const override;
    void windUp() noexcept override { authority_.windUp(); }
    void revoke(const IssuedCertificate& certificate, RevocationReason reason) override;

    AuthorityCondition condition() const;

private:
    class Watched;
    class Trial;
    bool isPast(TimePoint nextTry) const;
    void failed(const Failure& failure);
    void answered();
    void answeredAgain();
    void confirmed();
    void giveBack(int trial);
    void seeWhetherAway();
    [[noreturn]] void sayWaiting() const;

    Authority& authority_;
    const Clock& clock_;
    const Patience patience_;
    mutable std::mutex mutex_;
    AuthorityCondition condition_;
    std::chrono::seconds pause_{0};
    bool refuses_ = false;      ///< believed, and it says no
    std::optional<int> trial_;  ///< one card is tried after a pause, and asked nothing yet
    int trials_ = 0;
    std::optional<TimePoint> away_;  ///< it does not answer at all: asked again then
    std::chrono::seconds awayPause_{0};
};

}  // namespace zegel::station
