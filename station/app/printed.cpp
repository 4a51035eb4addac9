#include "station/app/printed.h"

#include <algorithm>

namespace zegel::station {
namespace {

constexpr std::size_t LineWidth = 100;

std::size_t widthOf(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string asTable(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t at = 0; at < row.size(); ++at) {
            widths[at] = std::max(widths[at], widthOf(row[at]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t at = 0; at < row.size(); ++at) {
            line += row[at];
            if (at + 1 < row.size()) line.append(widths[at] - widthOf(row[at]) + 2, ' ');
        }
        text += line + "\n";
    }
    return text;
}

std::string folded(std::string_view text, std::string_view indent) {
    std::string lines;
    std::string line;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        const auto word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty() && widthOf(line) + 1 + widthOf(word) > LineWidth) {
            lines += line + "\n";
            line.clear();
        }
        if (line.empty()) {
            line = std::string{indent} + (lines.empty() ? "" : "  ");
        } else {
            line += ' ';
        }
        line += word;
    }
    return lines + line + "\n";
}

}  // namespace zegel::station
