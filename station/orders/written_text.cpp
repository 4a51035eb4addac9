#include "station/orders/written_text.h"

#include <Poco/TextIterator.h>
#include <Poco/UTF8Encoding.h>
#include <Poco/UTF8String.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace zegel::station {
namespace {

struct Range {
    int first;
    int last;
    const char* what;
};

constexpr const char* Control = "a control character; remove it";
constexpr const char* Invisible = "an invisible character; remove it";
constexpr const char* Direction = "a character that turns the direction of writing; remove it";
constexpr const char* OtherSpace = "a space of another width; write an ordinary space";
constexpr const char* Damaged =
    "the sign of a letter that was lost on the way; write the letter again";
constexpr const char* NoCharacter = "no character that others can read; remove it";

// The same ranges stand in batch.schema.json, "not deceiving".
constexpr std::array Refused{
    Range{0x0000, 0x001F, Control},       Range{0x007F, 0x009F, Control},
    Range{0x00A0, 0x00A0, OtherSpace},    Range{0x00AD, 0x00AD, Invisible},
    Range{0x034F, 0x034F, Invisible},     Range{0x061C, 0x061C, Direction},
    Range{0x115F, 0x1160, Invisible},     Range{0x1680, 0x1680, OtherSpace},
    Range{0x180E, 0x180E, Invisible},     Range{0x2000, 0x200A, OtherSpace},
    Range{0x200B, 0x200B, Invisible},     Range{0x200E, 0x200F, Direction},
    Range{0x2028, 0x2029, Control},       Range{0x202A, 0x202E, Direction},
    Range{0x202F, 0x202F, OtherSpace},    Range{0x205F, 0x205F, OtherSpace},
    Range{0x2060, 0x2065, Invisible},     Range{0x2066, 0x2069, Direction},
    Range{0x206A, 0x206F, Invisible},     Range{0x3000, 0x3000, OtherSpace},
    Range{0x3164, 0x3164, Invisible},     Range{0xE000, 0xF8FF, NoCharacter},
    Range{0xFDD0, 0xFDEF, NoCharacter},   Range{0xFEFF, 0xFEFF, Invisible},
    Range{0xFFA0, 0xFFA0, Invisible},     Range{0xFFF9, 0xFFFB, Invisible},
    Range{0xFFFC, 0xFFFC, NoCharacter},   Range{0xFFFD, 0xFFFD, Damaged},
    Range{0xFFFE, 0xFFFF, NoCharacter},   Range{0xE0000, 0xE007F, Invisible},
    Range{0xF0000, 0x10FFFF, NoCharacter}};

const Range* refusedRangeOf(int codePoint) {
    const auto* found = std::find_if(Refused.begin(), Refused.end(), [&](const Range& range) {
        return codePoint >= range.first && codePoint <= range.last;
    });
    return found == Refused.end() ? nullptr : found;
}

template <typename Each>
void eachCodePoint(std::string_view text, Each&& each) {
    const Poco::UTF8Encoding encoding;
    const std::string held(text);
    const Poco::TextIterator end(held);
    for (Poco::TextIterator at(held, encoding); at != end; ++at)
        each(*at);
}

bool isSpace(int codePoint) {
    const Range* range = refusedRangeOf(codePoint);
    return codePoint == ' ' || (codePoint >= 0x09 && codePoint <= 0x0D) ||
           (range != nullptr && range->what == OtherSpace);
}

std::string unicodeName(int codePoint) {
    std::array<char, 16> name{};
    const int length =
        std::snprintf(name.data(), name.size(), "U+%04X", static_cast<unsigned>(codePoint));
    return {name.data(), static_cast<std::size_t>(length)};
}

std::optional<std::string> objectionToCharacters(std::string_view text) {
    std::optional<std::string> objection;
    eachCodePoint(text, [&](int codePoint) {
        const Range* range = objection ? nullptr : refusedRangeOf(codePoint);
        if (range != nullptr) objection = "holds " + unicodeName(codePoint) + ", " + range->what;
    });
    return objection;
}

}  // namespace

std::size_t charactersIn(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::optional<std::string> objectionTo(std::string_view text) {
    // Most texts are of these alone, and a batch has millions.
    const bool plain =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!plain) {
        if (auto objection = objectionToCharacters(text)) return objection;
    }
    if (text.starts_with(' ') || text.ends_with(' ')) {
        return "starts or ends with a space; remove it";
    }
    if (text.find("  ") != std::string_view::npos) return "holds two spaces in a row; remove one";
    return std::nullopt;
}

std::string tidied(std::string_view text) {
    const Poco::UTF8Encoding encoding;
    std::string collapsed;
    bool gap = false;
    eachCodePoint(text, [&](int codePoint) {
        if (isSpace(codePoint)) {
            gap = true;
            return;
        }
        if (gap && !collapsed.empty()) collapsed += ' ';
        gap = false;
        std::array<unsigned char, 4> octets{};
        const int length = encoding.convert(codePoint, octets.data(), 4);
        collapsed.append(octets.begin(), octets.begin() + length);
    });
    return collapsed;
}

std::string folded(std::string_view text) {
    return Poco::UTF8::toLower(tidied(text));
}

}  // namespace zegel::station
