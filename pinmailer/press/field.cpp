#include "pinmailer/press/letter_template.h"

#include <algorithm>
#include <cmath>

namespace zegel::press {

bool Area::holds(const Area& other) const noexcept {
    return other.x >= x && other.y >= y && other.right() <= right() && other.bottom() <= bottom();
}

bool Area::meets(const Area& other) const noexcept {
    return other.x < right() && x < other.right() && other.y < bottom() && y < other.bottom();
}

Area Area::grownBy(double margin) const noexcept {
    return {x - margin, y - margin, width + 2 * margin, height + 2 * margin};
}

Area Field::area() const noexcept {
    // Letters reach some 0.8 of their size above the baseline and 0.25 below it.
    const double left = anchor == Anchor::Start    ? x
                        : anchor == Anchor::Middle ? x - width / 2
                                                   : x - width;
    return {left, y - 0.8 * size, width, height + 1.05 * size};
}

std::size_t Field::mostLines(double between) const noexcept {
    const auto inHeight = 1 + static_cast<std::size_t>(std::floor(height / between + 0.001));
    return isAddress() ? std::min(inHeight, MostAddressLines) : inHeight;
}

bool Field::isSecret() const noexcept {
    return name == "pin" || name == "puk" || name == "revocation";
}

bool Variant::holds(const std::string& word) const {
    constexpr std::string_view Without = "without-";
    if (word == "puk" || word == "no-puk") return (word == "puk") == puk;
    if (word == carrier || also.contains(word)) return true;
    return word.starts_with(Without) && !also.contains("with-" + word.substr(Without.size()));
}

}  // namespace zegel::press
