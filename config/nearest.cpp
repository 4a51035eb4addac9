#include "config/strict_table.h"

#include <algorithm>
#include <numeric>

namespace zegel::config {
namespace {

/// Levenshtein's distance, row by row.
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= one.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const std::size_t replaced = diagonal + (one[i - 1] == other[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string eitherOf(const std::vector<std::string_view>& names) {
    std::string list;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) list += i + 1 == names.size() ? " or " : ", ";
        list += names[i];
    }
    return list;
}

std::optional<std::string_view> nearest(std::string_view written,
                                        const std::vector<std::string_view>& names) {
    const auto best = std::min_element(names.begin(), names.end(), [&](auto one, auto other) {
        return distance(written, one) < distance(written, other);
    });
    if (best == names.end()) return std::nullopt;
    const std::size_t forgiven = std::max<std::size_t>(1, best->size() / 3);
    if (distance(written, *best) > forgiven) return std::nullopt;
    return *best;
}

}  // namespace zegel::config
