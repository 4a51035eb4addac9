#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// Words and "--name value" pairs of a command line; "--name" alone for the names in `flags`.
class Arguments {
public:
    /// Errors: RequestRefused for an option that is not in `known` or lacks its value.
    Arguments(const std::vector<std::string>& words, const std::vector<std::string>& known,
              const std::vector<std::string>& flags = {});

    const std::vector<std::string>& words() const noexcept { return words_; }
    bool has(std::string_view flag) const;
    std::optional<std::string> option(std::string_view name) const;
    /// Errors: RequestRefused naming the option that is missing.
    std::string required(std::string_view name) const;

private:
    std::vector<std::string> words_;
    std::map<std::string, std::string, std::less<>> options_;
};

/// Columns aligned by their widest cell, as UTF-8 characters; the first row is the heading.
std::string asTable(const std::vector<std::vector<std::string>>& rows);

}  // namespace zegel::station
