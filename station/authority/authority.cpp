#include "station/authority/authority.h"

namespace zegel::station {

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

}  // namespace zegel::station
