#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zegel {

/// "1 order", "2 orders"; the other form where an s does not make it: ("entry", "entries").
std::string counted(std::size_t number, std::string_view one, std::string_view several = {});

}  // namespace zegel
