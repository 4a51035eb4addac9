#pragma once

#include <compare>
#include <utility>

namespace zegel {

/// A value with a name of its own, so that an order number can never be handed over as a chip
/// serial. Wraps and compares; does no arithmetic.
template <typename T, typename Tag>
class Strong {
public:
    Strong() = default;

    explicit Strong(T value) : value_(std::move(value)) {}

    const T& value() const noexcept { return value_; }

    friend auto operator<=>(const Strong&, const Strong&) = default;  // NOLINT: no nullptr

private:
    T value_{};
};

}  // namespace zegel
