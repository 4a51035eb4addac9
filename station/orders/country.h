#pragma once

#include <optional>
#include <string_view>

namespace zegel::station {

/// A country's English name as mail carries it, by ISO 3166-1 alpha-2 code in capitals.
/// Nothing for a code that names no country (also "UK" and "EU").
std::optional<std::string_view> countryName(std::string_view code) noexcept;

}  // namespace zegel::station
