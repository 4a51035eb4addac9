#include "station/authority/patient_authority.h"

#include <algorithm>

namespace zegel::station {

/// Only a certificate that the CA takes the card's word for ends the growing of the pauses.
class PatientAuthority::Watched final : public PendingCertificate {
public:
    Watched(PatientAuthority& patient, std::unique_ptr<PendingCertificate> pending)
        : patient_(patient), pending_(std::move(pending)) {}

    const IssuedCertificate& certificate() const noexcept override {
        return pending_->certificate();
    }
    void confirm() override {
        try {
            pending_->confirm();
        } catch (const Failure& failure) {
            patient_.failed(failure);
            throw;
        }
        patient_.confirmed();
    }
    void refuse(const std::string& why) noexcept override { pending_->refuse(why); }

private:
    PatientAuthority& patient_;
    std::unique_ptr<PendingCertificate> pending_;
};

Ticket PatientAuthority::prepare(CertificateWish wish, const RequestSigner& sign) {
    return authority_.prepare(std::move(wish), sign);
}

std::unique_ptr<PendingCertificate> PatientAuthority::redeem(Ticket&& ticket) {
    try {
        return std::make_unique<Watched>(*this, authority_.redeem(std::move(ticket)));
    } catch (const Failure& failure) {
        failed(failure);
        throw;
    }
}

std::unique_ptr<PendingCertificate> PatientAuthority::redeemAgain(Ticket&& ticket) {
    try {
        auto pending = authority_.redeemAgain(std::move(ticket));
        answeredAgain();
        return pending;
    } catch (const Failure& failure) {
        if (failure.fault() == Fault::AuthorityUnavailable) {
            failed(failure);
        } else {
            answeredAgain();
        }
        throw;
    }
}

void PatientAuthority::revoke(const IssuedCertificate& certificate, RevocationReason reason) {
    try {
        authority_.revoke(certificate, reason);
    } catch (const Failure& failure) {
        if (failure.fault() == Fault::AuthorityUnavailable) failed(failure);
        throw;
    }
}

void PatientAuthority::expectAnswering() {
    if (!takeTurn()) return;
    try {
        authority_.expectAnswering();
    } catch (const Failure& failure) {
        failed(failure);
        sayWaiting();
    }
}

/// Gives whether the CA has to be asked first. One reader's card is tried, the others wait on.
bool PatientAuthority::takeTurn() {
    {
        const std::lock_guard alone{mutex_};
        if (!condition_.isWaitedFor) return false;
        if (isPast(condition_.nextTry)) {
            trial_ = true;
            condition_.nextTry = clock_.now() + pause_;
            return !refuses_;
        }
    }
    sayWaiting();
}

bool PatientAuthority::isDue() const {
    const std::lock_guard alone{mutex_};
    return !condition_.isWaitedFor || refuses_ || isPast(condition_.nextTry);
}

AuthorityCondition PatientAuthority::condition() const {
    const std::lock_guard alone{mutex_};
    return condition_;
}

/// Also when the clock was set back meanwhile.
bool PatientAuthority::isPast(TimePoint nextTry) const {
    const auto now = clock_.now();
    return now >= nextTry || nextTry - now > patience_.longest;
}

/// The answers to one card's requests come together: they are one try.
void PatientAuthority::failed(const Failure& failure) {
    if (failure.fault() != Fault::AuthorityUnavailable &&
        failure.fault() != Fault::AuthorityRefused) {
        return;
    }
    const std::lock_guard alone{mutex_};
    condition_.reason = failure.what();
    refuses_ = failure.fault() == Fault::AuthorityRefused;
    if (!trial_ && pause_.count() != 0 && !isPast(condition_.nextTry)) {
        condition_.isWaitedFor = true;
        return;
    }
    const auto now = clock_.now();
    if (!condition_.isWaitedFor) condition_.since = now;
    pause_ = pause_.count() == 0 ? patience_.first : std::min(2 * pause_, patience_.longest);
    condition_.isWaitedFor = true;
    condition_.nextTry = now + pause_;
    trial_ = false;
}

void PatientAuthority::answeredAgain() {
    const std::lock_guard alone{mutex_};
    if (!refuses_) condition_.nextTry = std::min(condition_.nextTry, clock_.now());
}

void PatientAuthority::confirmed() {
    const std::lock_guard alone{mutex_};
    condition_ = {};
    pause_ = std::chrono::seconds{0};
    refuses_ = false;
    trial_ = false;
}

void PatientAuthority::sayWaiting() const {
    const auto now = condition();
    throw Failure{Fault::AuthorityUnavailable, "the CA is waited for, the next try is at " +
                                                   toRfc3339(now.nextTry) + ": " + now.reason};
}

}  // namespace zegel::station
