#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// What a client of the API is there for. A certificate may carry several.
enum class Role {
    OrderSystem,  ///< where applications are approved; sends batches and receipts
    Operator,     ///< at the readers
    Dispatch,     ///< sends cards, takes their receipts
    PrintRoom,    ///< prints letters; sees no card
    Supervisor,   ///< decides what others may not
    Auditor,      ///< sees everything, changes nothing
    Administrator
};

inline constexpr std::array AllRoles{Role::OrderSystem,  Role::Operator,   Role::Dispatch,
                                     Role::PrintRoom,    Role::Supervisor, Role::Auditor,
                                     Role::Administrator};

std::string_view nameOf(Role role) noexcept;  // "order-system"
std::optional<Role> roleNamed(std::string_view name) noexcept;

/// Some of the roles.
class RoleSet {
public:
    constexpr RoleSet() = default;
    constexpr RoleSet(std::initializer_list<Role> roles) {
        for (const auto role : roles)
            add(role);
    }
    constexpr void add(Role role) { bits_ |= 1U << static_cast<unsigned>(role); }
    constexpr bool holds(Role role) const {
        return (bits_ & (1U << static_cast<unsigned>(role))) != 0;
    }
    constexpr bool meets(RoleSet other) const { return (bits_ & other.bits_) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    friend constexpr bool operator==(RoleSet, RoleSet) = default;

private:
    std::uint32_t bits_ = 0;
};

/// "operator, supervisor".
std::string inWords(RoleSet roles);

}  // namespace zegel::station
