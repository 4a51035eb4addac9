#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What people look at: how much fits into a line, and whether colours show there.
struct Screen {
    std::size_t columns = 0;  ///< 0: a file or another program, for which nothing is broken
    bool coloured = false;
};

/// Standard output as it is. A terminal has colours unless NO_COLOR is set.
/// Source: no-color.org.
const Screen& screen();

enum class Tone {
    Plain,
    Red,     ///< somebody has to do something
    Yellow,  ///< goes on by itself
    Green    ///< is finished
};

/// Of the state of a reader, order, card or letter.
Tone toneOf(std::string_view state) noexcept;

std::string toned(const std::string& text, Tone tone, const Screen& where = screen());

/// Columns aligned by their widest cell, as UTF-8 characters; the first row is the heading. Where
/// that is too wide for the screen, the widest are broken between words. `tones`: of the rows, as
/// far as there are any.
std::string asTable(const std::vector<std::vector<std::string>>& rows,
                    const std::vector<Tone>& tones = {}, const Screen& where = screen());

/// A text for people in lines of about a hundred characters, or less where the screen is smaller,
/// broken between words; each begins with `indent`, those behind the first with two spaces more.
std::string folded(std::string_view text, std::string_view indent, const Screen& where = screen());

}  // namespace zegel::station
