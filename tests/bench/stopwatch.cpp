#include "tests/bench/stopwatch.h"

#include <algorithm>
#include <ctime>

namespace zegel::bench {
namespace {

/// Adds what passes until it is destroyed, failures included.
class Wait {
public:
    explicit Wait(Waits& waits) : waits_(waits) {}
    ~Wait() { waits_.add(from_, now(), threadWork() - workedBefore_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

private:
    Waits& waits_;
    SteadyTime from_ = now();
    Span workedBefore_ = threadWork();
};

class TimedPending final : public station::PendingCertificate {
public:
    TimedPending(std::unique_ptr<station::PendingCertificate> pending, Waits& waits)
        : pending_(std::move(pending)), waits_(waits) {}

    const station::IssuedCertificate& certificate() const noexcept override {
        return pending_->certificate();
    }
    void confirm() override {
        const Wait wait{waits_};
        pending_->confirm();
    }
    void refuse(const std::string& why) noexcept override { pending_->refuse(why); }

private:
    std::unique_ptr<station::PendingCertificate> pending_;
    Waits& waits_;
};

}  // namespace

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

Span threadWork() {
    timespec spent{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return std::chrono::seconds{spent.tv_sec} + Span{spent.tv_nsec};
}

void ChipTally::clear() noexcept {
    nanoseconds = 0;
    exchanges = 0;
    octetsToChip = 0;
    octetsFromChip = 0;
}

Bytes TimedChip::exchange(ByteView command) {
    const auto from = now();
    auto answer = chip_->exchange(command);
    tally_.nanoseconds += Span{now() - from}.count();
    ++tally_.exchanges;
    tally_.octetsToChip += command.size();
    tally_.octetsFromChip += answer.size();
    return answer;
}

iso7816::ResponseApdu TimedSession::transmit(const iso7816::CommandApdu& command) {
    const auto from = now();
    const auto workedBefore = threadWork();
    auto answer = session_->transmit(command);
    work_ += threadWork() - workedBefore;
    exchanging_ += now() - from;
    return answer;
}

void TimedSession::powerCycle() {
    const auto from = now();
    const auto workedBefore = threadWork();
    session_->powerCycle();
    work_ += threadWork() - workedBefore;
    powering_ += now() - from;
}

void Waits::add(SteadyTime from, SteadyTime to, Span ownWork) {
    const std::lock_guard alone{mutex_};
    spans_.emplace_back(from, to);
    ownWork_ += ownWork;
}

void Waits::clear() {
    const std::lock_guard alone{mutex_};
    spans_.clear();
    begun_ = SteadyTime::max();
    ownWork_ = {};
}

void Waits::begin() {
    const std::lock_guard alone{mutex_};
    begun_ = now();
}

Span Waits::total() const {
    const std::lock_guard alone{mutex_};
    auto spans = spans_;
    std::ranges::sort(spans);
    Span sum{};
    SteadyTime counted{};
    for (const auto& [from, to] : spans) {
        const auto since = std::max({from, counted, begun_});
        if (to > since) sum += to - since;
        counted = std::max(counted, to);
    }
    return sum;
}

Span Waits::ownWork() const {
    const std::lock_guard alone{mutex_};
    return ownWork_;
}

std::unique_ptr<station::PendingCertificate> TimedAuthority::redeem(station::Ticket&& ticket) {
    const Wait wait{waits};
    return std::make_unique<TimedPending>(authority_.redeem(std::move(ticket)), waits);
}

}  // namespace zegel::bench
