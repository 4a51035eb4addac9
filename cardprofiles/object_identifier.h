#pragma once

#include <string_view>

namespace zegel::cardprofiles {

/// Whether a text is an object identifier in dotted form: at least two arcs, the first 0 to 2, the
/// second below 40 under 0 and 1, no leading zeros. Source: [X.660] clause 7, [X.690] 8.19.4.
bool isObjectIdentifier(std::string_view text) noexcept;

}  // namespace zegel::cardprofiles
