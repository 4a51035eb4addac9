#include "tests/fault/kill/mortal_parts.h"

#include "tests/fault/kill/doom.h"

namespace zegel::tests {
namespace {

class WatchedChip final : public hwsim::Chip {
public:
    explicit WatchedChip(std::shared_ptr<hwsim::PivChip> chip) : chip_(std::move(chip)) {}

    const std::string& serial() const noexcept override { return chip_->serial(); }
    Bytes atr() const override { return chip_->atr(); }
    void powerOn() override { chip_->powerOn(); }
    void powerOff() noexcept override { chip_->powerOff(); }
    std::uint64_t changes() const noexcept override { return chip_->changes(); }
    Bytes exchange(ByteView command) override {
        pass(Blow::BeforeExchange);
        auto answer = chip_->exchange(command);
        pass(Blow::AfterExchange);
        return answer;
    }

private:
    std::shared_ptr<hwsim::PivChip> chip_;
};

template <typename Call>
auto called(Call&& call) {
    pass(Blow::BeforeCall);
    if constexpr (std::is_void_v<decltype(call())>) {
        call();
        pass(Blow::AfterCall);
    } else {
        auto answer = call();
        pass(Blow::AfterCall);
        return answer;
    }
}

class WatchedPending final : public station::PendingCertificate {
public:
    explicit WatchedPending(std::unique_ptr<PendingCertificate> pending)
        : pending_(std::move(pending)) {}

    const station::IssuedCertificate& certificate() const noexcept override {
        return pending_->certificate();
    }
    void confirm() override {
        called([&] { pending_->confirm(); });
    }
    void refuse(const std::string& why) noexcept override {
        called([&] { pending_->refuse(why); });
    }

private:
    std::unique_ptr<PendingCertificate> pending_;
};

}  // namespace

std::shared_ptr<hwsim::Chip> watched(std::shared_ptr<hwsim::PivChip> chip) {
    return std::make_shared<WatchedChip>(std::move(chip));
}

station::Ticket WatchedAuthority::prepare(station::CertificateWish wish,
                                          const station::RequestSigner& sign) {
    return authority_.prepare(std::move(wish), sign);
}

std::unique_ptr<station::PendingCertificate> WatchedAuthority::redeem(station::Ticket&& ticket) {
    return std::make_unique<WatchedPending>(
        called([&] { return authority_.redeem(std::move(ticket)); }));
}

std::unique_ptr<station::PendingCertificate> WatchedAuthority::redeemAgain(
    station::Ticket&& ticket) {
    return std::make_unique<WatchedPending>(
        called([&] { return authority_.redeemAgain(std::move(ticket)); }));
}

void WatchedAuthority::expectAnswering() {
    called([&] { authority_.expectAnswering(); });
}

void WatchedAuthority::revoke(const station::IssuedCertificate& certificate,
                              station::RevocationReason reason) {
    called([&] { authority_.revoke(certificate, reason); });
}

}  // namespace zegel::tests
