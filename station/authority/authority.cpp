#include "station/authority/authority.h"

#include <array>

namespace zegel::station {
namespace {

constexpr std::array AllReasons{
    RevocationReason::Unspecified,     RevocationReason::KeyCompromise,
    RevocationReason::CaCompromise,    RevocationReason::AffiliationChanged,
    RevocationReason::Superseded,      RevocationReason::CessationOfOperation,
    RevocationReason::CertificateHold, RevocationReason::PrivilegeWithdrawn};

}  // namespace

std::string_view nameOf(RevocationReason reason) noexcept {
    switch (reason) {
        case RevocationReason::Unspecified: return "unspecified";
        case RevocationReason::KeyCompromise: return "keyCompromise";
        case RevocationReason::CaCompromise: return "cACompromise";
        case RevocationReason::AffiliationChanged: return "affiliationChanged";
        case RevocationReason::Superseded: return "superseded";
        case RevocationReason::CessationOfOperation: return "cessationOfOperation";
        case RevocationReason::CertificateHold: return "certificateHold";
        case RevocationReason::PrivilegeWithdrawn: return "privilegeWithdrawn";
    }
    return "unspecified";
}

std::span<const RevocationReason> allRevocationReasons() noexcept {
    return AllReasons;
}

std::optional<RevocationReason> revocationReasonNamed(std::string_view name) noexcept {
    for (const auto reason : AllReasons) {
        if (nameOf(reason) == name) return reason;
    }
    return std::nullopt;
}

}  // namespace zegel::station
