#include "cardprofiles/profile.h"

namespace zegel::cardprofiles {

std::string_view nameOf(Carrier carrier) noexcept {
    return carrier == Carrier::SmartCard ? "smart-card" : "usb-token";
}

std::string_view nameOf(ReleaseRule rule) noexcept {
    return rule == ReleaseRule::AfterReceipt ? "after-receipt" : "after-dispatch";
}

std::string_view nameOf(KeyOrigin origin) noexcept {
    return origin == KeyOrigin::OnChip ? "on-chip" : "in-station";
}

}  // namespace zegel::cardprofiles
