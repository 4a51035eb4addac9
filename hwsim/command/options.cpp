#include "hwsim/command/options.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <charconv>

namespace zegel::hwsim {
namespace {

bool holds(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

Options::Options(Arguments arguments, const std::vector<std::string>& valued,
                 const std::vector<std::string>& flags) {
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string& word = arguments[at];
        if (!word.starts_with("--")) {
            words_.push_back(word);
        } else if (holds(flags, word)) {
            values_[word].emplace_back();
        } else if (!holds(valued, word)) {
            throw Failure(Fault::RequestRefused, "the option " + word + " is unknown");
        } else if (++at == arguments.size()) {
            throw Failure(Fault::RequestRefused, "the option " + word + " needs a value");
        } else {
            values_[word].push_back(arguments[at]);
        }
    }
}

std::optional<std::string> Options::value(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return std::nullopt;
    return found->second.back();
}

std::vector<std::string> Options::values(const std::string& name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::optional<long> Options::number(const std::string& name, long least, long most) const {
    const auto text = value(name);
    if (!text) return std::nullopt;
    return wholeNumber(*text, least, most, name);
}

long wholeNumber(const std::string& text, long least, long most, const std::string& what) {
    long number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size() && number >= least &&
        number <= most) {
        return number;
    }
    throw Failure(Fault::RequestRefused, what + " has to be a number from " +
                                             std::to_string(least) + " to " + std::to_string(most) +
                                             ", not \"" + text + "\"");
}

}  // namespace zegel::hwsim
