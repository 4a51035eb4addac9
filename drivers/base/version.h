#pragma once

#include <string_view>

namespace zegel {

/// Of all programs, which are made together: "0.1.0".
std::string_view version() noexcept;

}  // namespace zegel
