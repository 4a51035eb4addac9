#include "pinmailer/seal/weak_digits.h"

#include <algorithm>

namespace zegel::seal {
namespace {

bool stepsEvenly(ByteView digits) noexcept {
    const auto stepTo = [&](std::size_t at) { return (digits[at] - digits[at - 1] + 10) % 10; };
    for (std::size_t at = 2; at < digits.size(); ++at) {
        if (stepTo(at) != stepTo(1)) return false;
    }
    return true;
}

bool repeatsABlock(ByteView digits) noexcept {
    for (std::size_t block = 1; block <= digits.size() / 2; ++block) {
        if (digits.size() % block != 0) continue;
        if (std::ranges::equal(digits.subspan(block), digits.first(digits.size() - block))) {
            return true;
        }
    }
    return false;
}

bool isPairs(ByteView digits) noexcept {
    if (digits.size() % 2 != 0) return false;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        if (digits[at] != digits[at + 1]) return false;
    }
    return true;
}

bool isMirror(ByteView digits) noexcept {
    return std::equal(digits.begin(), digits.end(), digits.rbegin());
}

}  // namespace

bool weakDigits(ByteView digits) noexcept {
    return digits.size() < 2 || stepsEvenly(digits) || repeatsABlock(digits) || isPairs(digits) ||
           isMirror(digits);
}

}  // namespace zegel::seal
