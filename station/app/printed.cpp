#include "station/app/printed.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace zegel::station {
namespace {

constexpr std::size_t LineWidth = 100;
constexpr std::size_t UsualColumns = 80;
constexpr std::size_t Gap = 2;  // between columns

using Cells = std::vector<std::string>;

std::size_t widthOf(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Screen standardOutput() {
    if (::isatty(STDOUT_FILENO) != 1) return {};
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes the environment
    const char* noColour = std::getenv("NO_COLOR");
    return {known ? size.ws_col : UsualColumns, noColour == nullptr || *noColour == '\0'};
}

/// The text in lines no wider than that, but for words that are.
std::vector<std::string> broken(std::string_view text, std::size_t width) {
    std::vector<std::string> lines(1);
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto& line = lines.back();
        if (!line.empty() && widthOf(line) + 1 + widthOf(word) > width) {
            lines.emplace_back(word);
        } else {
            line += (line.empty() ? "" : " ") + std::string{word};
        }
    }
    return lines;
}

std::size_t longestWord(std::string_view text) {
    std::size_t longest = 0;
    for (const auto& word : broken(text, 1))
        longest = std::max(longest, widthOf(word));
    return longest;
}

/// Of every column, the widest of what `measured` says of its cells.
template <typename Measured>
std::vector<std::size_t> widest(const std::vector<Cells>& rows, Measured measured) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t at = 0; at < row.size(); ++at)
            widths[at] = std::max(widths[at], measured(row[at]));
    }
    return widths;
}

/// The widest column gives way first, and none below its longest word.
std::vector<std::size_t> fitting(const std::vector<Cells>& rows, std::size_t columns) {
    auto widths = widest(rows, widthOf);
    if (columns == 0 || widths.empty()) return widths;
    const auto least = widest(rows, longestWord);
    auto all = std::accumulate(widths.begin(), widths.end(), Gap * (widths.size() - 1));
    for (; all > columns; --all) {
        std::size_t giving = widths.size();
        for (std::size_t at = 0; at < widths.size(); ++at) {
            if (widths[at] <= least[at]) continue;
            if (giving == widths.size() || widths[at] >= widths[giving]) giving = at;
        }
        if (giving == widths.size()) break;  // it fits no way
        --widths[giving];
    }
    return widths;
}

std::vector<std::string> linesOf(const Cells& row, const std::vector<std::size_t>& widths) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t at = 0; at < row.size(); ++at) {
        const bool fits = widthOf(row[at]) <= widths[at];
        cells.push_back(fits ? Cells{row[at]} : broken(row[at], widths[at]));
        height = std::max(height, cells.back().size());
    }
    std::vector<std::string> lines(height);
    for (std::size_t number = 0; number < height; ++number) {
        std::size_t owed = 0;  // only before what stands behind: no line ends in spaces
        for (std::size_t at = 0; at < cells.size(); ++at) {
            const auto& part = number < cells[at].size() ? cells[at][number] : std::string{};
            if (!part.empty()) lines[number].append(std::exchange(owed, 0), ' ');
            lines[number] += part;
            owed += widths[at] - std::min(widths[at], widthOf(part)) + Gap;
        }
    }
    return lines;
}

}  // namespace

const Screen& screen() {
    static const Screen standard = standardOutput();
    return standard;
}

Tone toneOf(std::string_view state) noexcept {
    constexpr std::pair<std::string_view, Tone> Tones[]{
        {"attention", Tone::Red},   {"on-hold", Tone::Red},   {"spoiled", Tone::Red},
        {"in-doubt", Tone::Red},    {"returned", Tone::Red},  {"printed-uncertain", Tone::Red},
        {"rejected", Tone::Yellow}, {"paused", Tone::Yellow}, {"done", Tone::Green}};
    const auto* const found =
        std::ranges::find(Tones, state, &std::pair<std::string_view, Tone>::first);
    return found == std::end(Tones) ? Tone::Plain : found->second;
}

/// Source: ECMA-48, 8.3.117 select graphic rendition.
std::string toned(const std::string& text, Tone tone, const Screen& where) {
    if (!where.coloured || tone == Tone::Plain) return text;
    const auto* const begin = tone == Tone::Red      ? "\x1B[31m"
                              : tone == Tone::Yellow ? "\x1B[33m"
                                                     : "\x1B[32m";
    return begin + text + "\x1B[0m";
}

std::string asTable(const std::vector<Cells>& rows, const std::vector<Tone>& tones,
                    const Screen& where) {
    const auto widths = fitting(rows, where.columns);
    std::string text;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const auto tone = at < tones.size() ? tones[at] : Tone::Plain;
        for (const auto& line : linesOf(rows[at], widths))
            text += toned(line, tone, where) + "\n";
    }
    return text;
}

std::string folded(std::string_view text, std::string_view indent, const Screen& where) {
    const auto width = where.columns == 0 ? LineWidth : std::min(LineWidth, where.columns);
    const auto behind = widthOf(indent) + 2;
    std::string lines;
    for (const auto& line : broken(text, width > behind ? width - behind : 1))
        lines += std::string{indent} + (lines.empty() ? "" : "  ") + line + "\n";
    return lines;
}

}  // namespace zegel::station
