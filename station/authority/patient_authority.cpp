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

/// Until something is asked of the CA the trial can be given back.
class PatientAuthority::Trial {
public:
    Trial(PatientAuthority& patient, int number) : patient_(patient), number_(number) {}
    ~Trial() { patient_.giveBack(number_); }
    Trial(const Trial&) = delete;
    Trial& operator=(const Trial&) = delete;

private:
    PatientAuthority& patient_;
    int number_;
};

Ticket PatientAuthority::prepare(CertificateWish wish, const RequestSigner& sign) {
    return authority_.prepare(std::move(wish), sign);
}

std::unique_ptr<PendingCertificate> PatientAuthority::redeem(Ticket&& ticket) {
    try {
        auto pending = authority_.redeem(std::move(ticket));
        answered();
        return std::make_unique<Watched>(*this, std::move(pending));
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
            seeWhetherAway();
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
        if (failure.fault() == Fault::AuthorityUnavailable) seeWhetherAway();
        throw;
    }
}

void PatientAuthority::expectAnswering() {
    {
        const std::lock_guard alone{mutex_};
        if (!condition_.isWaitedFor || isPast(condition_.nextTry)) return;
    }
    sayWaiting();
}

/// One reader's card is tried, the others wait on.
Authority::Turn PatientAuthority::takeTurn() {
    expectAnswering();
    bool asksFirst = false;
    std::shared_ptr<const Trial> turn;
    {
        const std::lock_guard alone{mutex_};
        if (!condition_.isWaitedFor) return {};
        if (isPast(condition_.nextTry)) {
            trial_ = ++trials_;
            turn = std::make_shared<Trial>(*this, trials_);
            condition_.nextTry = clock_.now() + pause_;
            asksFirst = !refuses_;
        }
    }
    if (!turn) sayWaiting();
    if (!asksFirst) return turn;
    try {
        authority_.expectAnswering();
        return turn;
    } catch (const Failure& failure) {
        failed(failure);
        sayWaiting();
    }
}

void PatientAuthority::giveBack(int trial) {
    const std::lock_guard alone{mutex_};
    if (trial_ != trial) return;
    trial_.reset();
    condition_.nextTry = std::min(condition_.nextTry, clock_.now());
}

bool PatientAuthority::isDue() const {
    const std::lock_guard alone{mutex_};
    return !away_ || isPast(*away_);
}

/// After a matter that is no card's failed: only a CA that answers nothing is waited for.
void PatientAuthority::seeWhetherAway() {
    try {
        authority_.expectAnswering();
        const std::lock_guard alone{mutex_};
        away_.reset();
        awayPause_ = std::chrono::seconds{0};
    } catch (const Failure& failure) {
        failed(failure);
        const std::lock_guard alone{mutex_};
        awayPause_ =
            awayPause_.count() == 0 ? patience_.first : std::min(2 * awayPause_, patience_.longest);
        away_ = clock_.now() + awayPause_;
    }
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
    condition_.fault = failure.fault();
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
    trial_.reset();
}

/// A card has its certificate; whether the CA takes its word is still open.
void PatientAuthority::answered() {
    const std::lock_guard alone{mutex_};
    condition_ = {};
    refuses_ = false;
    trial_.reset();
    away_.reset();
}

void PatientAuthority::answeredAgain() {
    const std::lock_guard alone{mutex_};
    if (!refuses_) condition_.nextTry = std::min(condition_.nextTry, clock_.now());
    away_.reset();
    awayPause_ = std::chrono::seconds{0};
}

void PatientAuthority::confirmed() {
    const std::lock_guard alone{mutex_};
    condition_ = {};
    pause_ = std::chrono::seconds{0};
    refuses_ = false;
    trial_.reset();
    away_.reset();
    awayPause_ = std::chrono::seconds{0};
}

void PatientAuthority::sayWaiting() const {
    const auto now = condition();
    throw Failure{Fault::AuthorityUnavailable, "the CA is waited for, the next try is at " +
                                                   toRfc3339(now.nextTry) + ": " + now.reason};
}

}  // namespace zegel::station
