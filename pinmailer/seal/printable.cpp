#include "pinmailer/seal/printable.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace zegel::seal {
namespace {

/// Takes the next character off the text; nothing when the octets are not UTF-8.
std::optional<char32_t> takeCharacter(std::string_view& text) {
    const auto octetAt = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const auto first = octetAt(0);
    const std::size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if ((first >= 0x80 && first < 0xC2) || first > 0xF4 || text.size() < size) return std::nullopt;
    static constexpr std::array<std::uint8_t, 5> LeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
    char32_t character = first & LeadBits[size];
    for (std::size_t at = 1; at < size; ++at) {
        if ((octetAt(at) & 0xC0U) != 0x80U) return std::nullopt;
        character = character << 6U | (octetAt(at) & 0x3FU);
    }
    static constexpr std::array<char32_t, 5> Smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < Smallest[size] || character > 0x10FFFF || surrogate) return std::nullopt;
    text.remove_prefix(size);
    return character;
}

bool isControl(char32_t character) {
    static constexpr std::array<std::pair<char32_t, char32_t>, 7> Controls{{{0x00, 0x1F},
                                                                            {0x7F, 0x9F},
                                                                            {0x061C, 0x061C},
                                                                            {0x200E, 0x200F},
                                                                            {0x2028, 0x202E},
                                                                            {0x2060, 0x206F},
                                                                            {0xFEFF, 0xFEFF}}};
    return std::ranges::any_of(Controls, [&](const auto& range) {
        return character >= range.first && character <= range.second;
    });
}

}  // namespace

std::string faultOfLine(std::string_view text, std::size_t longest) {
    if (text.empty()) return "is empty";
    if (text.size() > longest) return "is longer than " + std::to_string(longest) + " octets";
    while (!text.empty()) {
        const auto character = takeCharacter(text);
        if (!character) return "is not UTF-8";
        if (isControl(*character)) return "holds a control character";
    }
    return {};
}

}  // namespace zegel::seal
