#pragma once

#include "hwsim/command/command.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace zegel::hwsim {

/// "--name value" pairs and the words between them, in order.
class Options {
public:
    /// `valued` options take the next word, `flags` none; both are written with their dashes.
    /// Errors: RequestRefused for an unknown option or a missing value.
    Options(Arguments arguments, const std::vector<std::string>& valued,
            const std::vector<std::string>& flags = {});

    const std::vector<std::string>& words() const noexcept { return words_; }
    bool has(const std::string& name) const { return values_.contains(name); }
    /// The last one given.
    std::optional<std::string> value(const std::string& name) const;
    /// All that were given.
    std::vector<std::string> values(const std::string& name) const;
    /// Errors: RequestRefused when it is no whole number from `least` to `most`.
    std::optional<long> number(const std::string& name, long least, long most) const;

private:
    std::vector<std::string> words_{};
    std::map<std::string, std::vector<std::string>> values_{};
};

/// Errors: RequestRefused naming `what` when it is no whole number from `least` to `most`.
long wholeNumber(const std::string& text, long least, long most, const std::string& what);

}  // namespace zegel::hwsim
