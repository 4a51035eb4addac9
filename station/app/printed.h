#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// Columns aligned by their widest cell, as UTF-8 characters; the first row is the heading.
std::string asTable(const std::vector<std::vector<std::string>>& rows);

/// A text for people in lines of about a hundred characters, broken between words; each begins
/// with `indent`, those behind the first with two spaces more.
std::string folded(std::string_view text, std::string_view indent);

}  // namespace zegel::station
