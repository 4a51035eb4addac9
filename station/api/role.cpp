#include "station/api/role.h"

#include <algorithm>

namespace zegel::station {

std::string_view nameOf(Role role) noexcept {
    switch (role) {
        case Role::OrderSystem: return "order-system";
        case Role::Operator: return "operator";
        case Role::Dispatch: return "dispatch";
        case Role::PrintRoom: return "print-room";
        case Role::Supervisor: return "supervisor";
        case Role::Auditor: return "auditor";
        case Role::Administrator: return "administrator";
    }
    return "unknown";
}

std::string inWords(RoleSet roles) {
    std::string words;
    for (const auto role : AllRoles) {
        if (roles.holds(role)) words += (words.empty() ? "" : ", ") + std::string{nameOf(role)};
    }
    return words;
}

std::optional<Role> roleNamed(std::string_view name) noexcept {
    const auto* found =
        std::ranges::find_if(AllRoles, [&](Role role) { return nameOf(role) == name; });
    if (found == AllRoles.end()) return std::nullopt;
    return *found;
}

}  // namespace zegel::station
