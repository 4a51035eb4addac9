#pragma once

#include "hwsim/chips/piv_chip.h"
#include "station/authority/authority.h"

#include <memory>

namespace zegel::tests {

/// A chip at whose exchanges the station may be struck dead; the chip lives on in its file.
std::shared_ptr<hwsim::Chip> watched(std::shared_ptr<hwsim::PivChip> chip);

/// A CA at whose every answer, and before whose every question, the station may be struck dead.
class WatchedAuthority final : public station::Authority {
public:
    explicit WatchedAuthority(station::Authority& authority) : authority_(authority) {}

    station::Ticket prepare(station::CertificateWish wish,
                            const station::RequestSigner& sign) override;
    std::unique_ptr<station::PendingCertificate> redeem(station::Ticket&& ticket) override;
    std::unique_ptr<station::PendingCertificate> redeemAgain(station::Ticket&& ticket) override;
    void expectAnswering() override;
    void windUp() noexcept override { authority_.windUp(); }
    void revoke(const station::IssuedCertificate& certificate,
                station::RevocationReason reason) override;

private:
    station::Authority& authority_;
};

}  // namespace zegel::tests
