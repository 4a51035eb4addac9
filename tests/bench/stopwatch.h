#pragma once

#include "drivers/reader/reader.h"
#include "hwsim/chips/chip.h"
#include "station/authority/authority.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <vector>

namespace zegel::bench {

using SteadyTime = std::chrono::steady_clock::time_point;
using Span = std::chrono::nanoseconds;

SteadyTime now();
/// Processor time of the calling thread.
Span threadWork();

/// What one chip did since it was told to start again: the only one who sees every exchange,
/// whoever is on the other side.
struct ChipTally {
    std::atomic<std::int64_t> nanoseconds{0};  ///< between a command and its answer
    std::atomic<std::uint64_t> exchanges{0};
    std::atomic<std::uint64_t> octetsToChip{0};
    std::atomic<std::uint64_t> octetsFromChip{0};

    void clear() noexcept;
};

/// A chip that is counted.
class TimedChip final : public hwsim::Chip {
public:
    TimedChip(std::shared_ptr<hwsim::Chip> chip, ChipTally& tally)
        : chip_(std::move(chip)), tally_(tally) {}

    const std::string& serial() const noexcept override { return chip_->serial(); }
    Bytes atr() const override { return chip_->atr(); }
    void powerOn() override { chip_->powerOn(); }
    void powerOff() noexcept override { chip_->powerOff(); }
    Bytes exchange(ByteView command) override;
    std::uint64_t changes() const noexcept override { return chip_->changes(); }

private:
    std::shared_ptr<hwsim::Chip> chip_;
    ChipTally& tally_;
};

/// Answers 9000 to everything: what is left of an exchange is the way there and back.
class TrivialChip final : public hwsim::Chip {
public:
    const std::string& serial() const noexcept override { return serial_; }
    Bytes atr() const override { return {0x3B, 0x80, 0x80, 0x01, 0x01}; }
    void powerOn() override {}
    void powerOff() noexcept override {}
    Bytes exchange(ByteView /*command*/) override { return {0x90, 0x00}; }

private:
    std::string serial_ = "trivial";
};

/// A session whose exchanges and power cycles are timed.
class TimedSession final : public drivers::CardSession {
public:
    explicit TimedSession(std::unique_ptr<drivers::CardSession> session)
        : session_(std::move(session)) {}

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override;
    const Bytes& atr() const noexcept override { return session_->atr(); }
    std::optional<bool> carriesExtended() const noexcept override {
        return session_->carriesExtended();
    }
    void powerCycle() override;

    Span exchanging() const noexcept { return exchanging_; }
    Span powering() const noexcept { return powering_; }
    /// Processor time of the calling thread within both.
    Span work() const noexcept { return work_; }

private:
    std::unique_ptr<drivers::CardSession> session_;
    Span exchanging_{};
    Span powering_{};
    Span work_{};
};

/// When somebody waited, from several threads; moments that several waited count once.
class Waits {
public:
    void add(SteadyTime from, SteadyTime to, Span ownWork);
    void clear();
    /// From here on the card waits for what was asked while it was worked on: before, nobody did.
    void begin();
    Span total() const;
    /// Processor time of ours within, all threads together.
    Span ownWork() const;

private:
    mutable std::mutex mutex_;
    std::vector<std::pair<SteadyTime, SteadyTime>> spans_;
    SteadyTime begun_{};
    Span ownWork_{};
};

/// A CA whose answers are waited for with a watch in the hand. `prepare` is ours and not timed.
class TimedAuthority final : public station::Authority {
public:
    explicit TimedAuthority(station::Authority& authority) : authority_(authority) {}

    station::Ticket prepare(station::CertificateWish wish,
                            const station::RequestSigner& sign) override {
        return authority_.prepare(std::move(wish), sign);
    }
    std::unique_ptr<station::PendingCertificate> redeem(station::Ticket&& ticket) override;
    void revoke(const station::IssuedCertificate& certificate,
                station::RevocationReason reason) override {
        authority_.revoke(certificate, reason);
    }

    Waits waits;

private:
    station::Authority& authority_;
};

}  // namespace zegel::bench
