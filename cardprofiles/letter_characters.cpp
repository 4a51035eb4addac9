#include "cardprofiles/letter_characters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>

namespace zegel::cardprofiles {
namespace {

constexpr char32_t LargestCodePoint = 0x10FFFF;

bool isContinued(char octet) {
    return (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U;
}

/// Of one character of well-formed UTF-8 (RFC 3629).
char32_t codePointOf(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    char32_t value = character.size() == 1 ? first : first & (0x7FU >> character.size());
    for (const auto octet : character.substr(1))
        value = value << 6U | (static_cast<unsigned char>(octet) & 0x3FU);
    return value;
}

std::string namedAs(std::string_view character, char32_t value) {
    std::array<char, 16> number{};
    std::snprintf(number.data(), number.size(), "U+%04X", static_cast<unsigned>(value));
    return "\"" + std::string{character} + "\" (" + number.data() + ")";
}

std::optional<char32_t> codePointNamed(std::string_view text) {
    if (!text.starts_with("U+") || text.size() < 6 || text.size() > 8) return std::nullopt;
    std::uint32_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, problem] = std::from_chars(text.data() + 2, end, value, 16);
    if (problem != std::errc() || stopped != end || value > LargestCodePoint) return std::nullopt;
    return value;
}

}  // namespace

const LetterCharacters& shippedLetterCharacters() {
    // What Open Sans and DejaVu Sans have between them, in their regular and their bold.
    static const LetterCharacters all{
        {0x0020, 0x007E}, {0x00A1, 0x00AC}, {0x00AE, 0x025B}, {0x025D, 0x0260}, {0x0262, 0x0269},
        {0x026B, 0x026B}, {0x026D, 0x0281}, {0x0283, 0x0286}, {0x0288, 0x029C}, {0x029F, 0x02E9},
        {0x0300, 0x034E}, {0x0370, 0x0377}, {0x037A, 0x037F}, {0x0384, 0x038A}, {0x038C, 0x038C},
        {0x038E, 0x03A1}, {0x03A3, 0x0525}, {0x0531, 0x0556}, {0x0559, 0x055F}, {0x0561, 0x0587},
        {0x0589, 0x058A}, {0x05B0, 0x05C3}, {0x05D0, 0x05EA}, {0x0621, 0x063A}, {0x0640, 0x0655},
        {0x0660, 0x0669}, {0x10A0, 0x10C5}, {0x10D0, 0x10FC}, {0x1E00, 0x1EFB}, {0x1F00, 0x1F15},
        {0x1F18, 0x1F1D}, {0x1F20, 0x1F45}, {0x1F48, 0x1F4D}, {0x1F50, 0x1F57}, {0x1F59, 0x1F59},
        {0x1F5B, 0x1F5B}, {0x1F5D, 0x1F5D}, {0x1F5F, 0x1F7D}, {0x1F80, 0x1FB4}, {0x1FB6, 0x1FC4},
        {0x1FC6, 0x1FD3}, {0x1FD6, 0x1FDB}, {0x1FDD, 0x1FEF}, {0x1FF2, 0x1FF4}, {0x1FF6, 0x1FFE},
        {0x2010, 0x2027}, {0x2030, 0x205E}, {0x20A0, 0x20B5}, {0x20B8, 0x20BA}, {0x20BD, 0x20BD},
        {0x2100, 0x2109}, {0x210B, 0x2149}, {0x2C60, 0x2C77}, {0x2C79, 0x2C7F}, {0xFB00, 0xFB06}};
    return all;
}

std::optional<CharacterRange> characterRangeFrom(std::string_view text) {
    const auto hyphen = text.find('-');
    const auto first = codePointNamed(text.substr(0, hyphen));
    const auto last =
        hyphen == std::string_view::npos ? first : codePointNamed(text.substr(hyphen + 1));
    if (!first || !last || *first > *last) return std::nullopt;
    return CharacterRange{*first, *last};
}

std::optional<std::string> unprintableIn(std::string_view text, const LetterCharacters& printable) {
    while (!text.empty()) {
        std::size_t size = 1;
        while (size < text.size() && isContinued(text[size]))
            ++size;
        const auto character = text.substr(0, size);
        const auto value = codePointOf(character);
        const bool has = std::ranges::any_of(printable, [&](const CharacterRange& range) {
            return value >= range.first && value <= range.last;
        });
        if (!has) return namedAs(character, value);
        text.remove_prefix(size);
    }
    return std::nullopt;
}

}  // namespace zegel::cardprofiles
