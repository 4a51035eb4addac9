#include "cardprofiles/object_identifier.h"

#include <algorithm>
#include <cstddef>

namespace zegel::cardprofiles {
namespace {

bool isArc(std::string_view arc) noexcept {
    if (arc.empty() || (arc.size() > 1 && arc.front() == '0')) return false;
    return std::all_of(arc.begin(), arc.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

bool isObjectIdentifier(std::string_view text) noexcept {
    std::string_view first;
    std::size_t count = 0;
    for (std::string_view rest = text;; ++count) {
        const std::size_t dot = rest.find('.');
        const std::string_view arc = rest.substr(0, dot);
        if (!isArc(arc)) return false;
        if (count == 0) first = arc;
        if (count == 0 && arc > "2") return false;
        if (count == 0 && arc.size() > 1) return false;
        if (count == 1 && first != "2" && (arc.size() > 2 || (arc.size() == 2 && arc >= "40"))) {
            return false;
        }
        if (dot == std::string_view::npos) return count >= 1;
        rest.remove_prefix(dot + 1);
    }
}

}  // namespace zegel::cardprofiles
