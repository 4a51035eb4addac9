#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// Words and "--name value" pairs of a command line; "--name" alone for the names in `flags`.
/// "-h" is "--help".
class Arguments {
public:
    /// Errors: RequestRefused for an option that is not in `known`, lacks its value or comes twice,
    /// naming the one that was meant where a slip of the pen explains it.
    Arguments(const std::vector<std::string>& words, const std::vector<std::string>& known,
              const std::vector<std::string>& flags = {});

    const std::vector<std::string>& words() const noexcept { return words_; }
    bool has(std::string_view flag) const;
    std::optional<std::string> option(std::string_view name) const;
    /// Errors: RequestRefused naming the option that is missing or empty.
    std::string required(std::string_view name) const;
    /// One of `known`, if it is given at all. Errors: RequestRefused naming what is known.
    std::optional<std::string> choice(std::string_view name,
                                      const std::vector<std::string_view>& known) const;
    /// Errors: RequestRefused naming the first word that is too many.
    void expectAtMost(std::size_t words) const;
    /// The word at `place`, one of `known`. Errors: RequestRefused naming what is known.
    std::string oneOf(std::size_t place, std::string_view what,
                      const std::vector<std::string_view>& known) const;

private:
    std::vector<std::string> words_;
    std::map<std::string, std::string, std::less<>> options_;
};

/// The settings file that --settings names, else ZEGEL_SETTINGS.
/// Errors: SettingUnusable when neither does.
std::string settingsFile(const Arguments& arguments);

/// "; did you mean X?", or "; choose A, B or C" where no slip of the pen explains what was written.
std::string whatWasMeant(std::string_view written, const std::vector<std::string_view>& known);

}  // namespace zegel::station
