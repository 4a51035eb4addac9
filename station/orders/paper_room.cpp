#include "station/orders/paper_room.h"

#include <Poco/TextIterator.h>
#include <Poco/UTF8Encoding.h>

#include <algorithm>
#include <array>

namespace zegel::station {
namespace {

constexpr double Room = 91.5;  ///< millimetres, of the field's 92; what kerning may add is left
constexpr double TypeSize = 3.53;
constexpr std::size_t MostLines = 6;

/// What each template of a rejection notice has room for, as `check` holds it: lines of 92 n.
constexpr double NoticeRoom = 56 * TypeSize;
constexpr std::size_t NoticeLines = 10;

struct Letters {
    std::u32string_view all;
    double ems;  ///< the widest of them, as a part of the size of the type
};

struct Script {
    char32_t first;
    char32_t last;
    double ems;
};

// Of Open Sans, and DejaVu Sans where that lacks a letter.
constexpr std::array Known{
    Letters{U" !'(),.:;IJijl", 0.30},
    Letters{U"\"-/?[\\]_frt{}", 0.45},
    Letters{U"$*+0123456789<=>EFLSTXYZ^`acegksvxyz|~", 0.58},
    Letters{U"#ABCKPRVbdhnopqu", 0.65},
    Letters{U"&DGHNOQUw", 0.78},
    Letters{U"%@MWm\u00A9\u00AE\u00C6\u00E6\u0152\u0153\u0174", 0.95},  // © ® Æ æ Œ œ Ŵ
    Letters{U"\u0402\u0409\u040A\u0416\u041C\u0424\u0428\u0429\u042B\u042E"
            U"\u0436\u043C\u0444\u0448\u0449\u044B\u044E\u0459\u045A",
            1.05},  // Ђ Љ Њ Ж М Ф Ш Щ Ы Ю, and their small ones
};
constexpr std::array Scripts{
    Script{0x00A1, 0x017F, 0.78},  // Latin, as Western and Central Europe write it
    Script{0x0180, 0x024F, 1.43},  // Latin, digraphs too
    Script{0x0250, 0x02FF, 1.06},
    Script{0x0300, 0x036F, 0.88},  // marks; alone they take that much
    Script{0x0370, 0x03FF, 0.94},  // Greek
    Script{0x0400, 0x045F, 0.80},  // Cyrillic
    Script{0x0460, 0x052F, 1.21},
    Script{0x0530, 0x10FF, 1.23},  // Armenian, Hebrew, Arabic, Georgian
    Script{0x1E00, 0x1EFF, 0.99},
    Script{0x1F00, 0x2029, 1.10},
};
constexpr double AnyOther = 1.75;

double emsOf(char32_t letter) {
    for (const auto& letters : Known) {
        if (letters.all.find(letter) != std::u32string_view::npos) return letters.ems;
    }
    for (const auto& script : Scripts) {
        if (letter >= script.first && letter <= script.last) return script.ems;
    }
    return AnyOther;
}

bool mayBeginALine(char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= 'a' && letter <= 'z') || static_cast<unsigned char>(letter) >= 0x80U;
}

/// Where the press surely goes on with a new line: not before a closing sign, nor after one that
/// opens (UAX 14, LB 13 and 14).
std::size_t endOfPiece(std::string_view text) {
    constexpr std::string_view Opening = "([{\"'";
    for (auto at = text.find(' '); at != std::string_view::npos; at = text.find(' ', at + 1)) {
        const bool opens = at > 0 && Opening.find(text[at - 1]) != std::string_view::npos;
        if (!opens && at + 1 < text.size() && mayBeginALine(text[at + 1])) return at;
    }
    return text.size();
}

/// Lines of so many millimetres that it takes; 0 when a word is wider than one.
std::size_t linesOf(std::string_view text, double room) {
    const double space = widestOnLetter(" ");
    std::size_t lines = 1;
    double used = 0;
    while (!text.empty()) {
        const auto end = endOfPiece(text);
        const auto width = widestOnLetter(text.substr(0, end));
        if (width > room) return 0;
        if (used > 0 && used + space + width > room) {
            ++lines;
            used = 0;
        }
        used += (used > 0 ? space : 0) + width;
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return lines;
}

}  // namespace

double widestOnLetter(std::string_view text) {
    const std::string octets{text};
    const Poco::UTF8Encoding encoding;
    double ems = 0;
    for (Poco::TextIterator at{octets, encoding}; at != Poco::TextIterator{octets}; ++at)
        ems += emsOf(static_cast<char32_t>(*at));
    return ems * TypeSize;
}

std::string whyNoRoomFor(const std::vector<std::string>& address) {
    std::size_t all = 0;
    for (const auto& line : address) {
        const auto lines = linesOf(line, Room);
        if (lines == 0)
            return "has a word that is wider than the window of an envelope, in \"" + line +
                   "\"; shorten it, or write it in two";
        all += lines;
    }
    if (all <= MostLines) return {};
    return "may take " + std::to_string(all) +
           " lines, since long ones take two in the smallest type that the post reads; a letter "
           "has room for 6, shorten it";
}

std::string whyNoNoticeSays(std::string_view reason,
                            const cardprofiles::LetterCharacters& printable) {
    if (const auto strange = cardprofiles::unprintableIn(reason, printable))
        return "holds " + *strange +
               ", which the notice to its applicant cannot print; write it otherwise";
    const auto lines = linesOf(reason, NoticeRoom);
    if (lines == 0)
        return "has a word without end, which no line of the notice to its applicant holds; write "
               "it in several";
    if (lines > NoticeLines)
        return "may take more lines than the notice to its applicant has; shorten it";
    return {};
}

}  // namespace zegel::station
