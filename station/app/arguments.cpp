#include "station/app/arguments.h"

#include "drivers/base/failure.h"

#include <algorithm>

namespace zegel::station {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::size_t widthOf(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

Arguments::Arguments(const std::vector<std::string>& words, const std::vector<std::string>& known,
                     const std::vector<std::string>& flags) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto& word = words[at];
        if (!word.starts_with("--")) {
            words_.push_back(word);
            continue;
        }
        const auto name = word.substr(2);
        if (contains(flags, name)) {
            options_[name] = "yes";
        } else if (!contains(known, name)) {
            throw Failure{Fault::RequestRefused, "unknown option " + word + "; see --help"};
        } else if (at + 1 == words.size()) {
            throw Failure{Fault::RequestRefused, "option " + word + " needs a value; see --help"};
        } else {
            options_[name] = words[++at];
        }
    }
}

bool Arguments::has(std::string_view flag) const {
    return options_.contains(flag);
}

std::optional<std::string> Arguments::option(std::string_view name) const {
    const auto found = options_.find(name);
    if (found == options_.end()) return std::nullopt;
    return found->second;
}

std::string Arguments::required(std::string_view name) const {
    if (auto value = option(name)) return *value;
    throw Failure{Fault::RequestRefused, "--" + std::string{name} + " is missing; see --help"};
}

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

}  // namespace zegel::station
