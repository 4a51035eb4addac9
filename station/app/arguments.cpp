#include "station/app/arguments.h"

#include "config/strict_table.h"
#include "drivers/base/failure.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace zegel::station {
namespace {

/// What people say for a state that has another name.
constexpr std::pair<std::string_view, std::string_view> SaidOtherwise[]{
    {"held", "on-hold"},          {"hold", "on-hold"},
    {"waiting", "queued"},        {"refused", "rejected"},
    {"working", "in-production"}, {"made", "produced"},
    {"finished", "produced"},     {"finished", "proved"},
    {"sent", "dispatched"},       {"uncertain", "printed-uncertain"}};

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

[[noreturn]] void misuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why + "; see --help"};
}

[[noreturn]] void refuseOption(const std::string& word, std::string_view name,
                               const std::vector<std::string>& known,
                               const std::vector<std::string>& flags) {
    std::vector<std::string_view> names{known.begin(), known.end()};
    names.insert(names.end(), flags.begin(), flags.end());
    const auto meant = config::nearest(name, names);
    misuse("unknown option " + word +
           (meant ? "; did you mean --" + std::string{*meant} + "?" : ""));
}

bool isOption(std::string_view word) {
    return word.size() > 1 && word.starts_with('-');
}

}  // namespace

Arguments::Arguments(const std::vector<std::string>& words, const std::vector<std::string>& known,
                     const std::vector<std::string>& flags) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const auto& word = words[at];
        if (!isOption(word)) {
            words_.push_back(word);
            continue;
        }
        const auto name = word == "-h"             ? std::string{"help"}
                          : word.starts_with("--") ? word.substr(2)
                                                   : std::string{};
        if (contains(flags, name)) {
            options_[name] = "yes";
            continue;
        }
        if (!contains(known, name)) refuseOption(word, name, known, flags);
        const bool lacks = at + 1 == words.size() || (words[at + 1].starts_with("--") &&
                                                      contains(known, words[at + 1].substr(2)));
        if (lacks) misuse("option " + word + " needs a value");
        if (!options_.emplace(name, words[++at]).second) misuse("option " + word + " comes twice");
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
    auto value = option(name);
    if (!value) misuse("--" + std::string{name} + " is missing");
    if (value->find_first_not_of(' ') == std::string::npos) {
        misuse("--" + std::string{name} + " is empty");
    }
    return *std::move(value);
}

std::optional<std::string> Arguments::choice(std::string_view name,
                                             const std::vector<std::string_view>& known) const {
    auto value = option(name);
    if (value && std::ranges::find(known, *value) == known.end()) {
        misuse("unknown " + std::string{name} + " \"" + *value + "\"" +
               whatWasMeant(*value, known));
    }
    return value;
}

void Arguments::expectAtMost(std::size_t words) const {
    if (words_.size() > words) misuse("\"" + words_[words] + "\" is not expected here");
}

std::string Arguments::oneOf(std::size_t place, std::string_view what,
                             const std::vector<std::string_view>& known) const {
    if (place >= words_.size()) {
        misuse(std::string{what} + " is missing; choose " + config::eitherOf(known));
    }
    const auto& word = words_[place];
    if (std::ranges::find(known, word) != known.end()) return word;
    misuse("unknown " + std::string{what} + " \"" + word + "\"" + whatWasMeant(word, known));
}

std::string settingsFile(const Arguments& arguments) {
    if (auto file = arguments.option("settings")) return *file;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes the environment
    if (const char* file = std::getenv("ZEGEL_SETTINGS"); file != nullptr && *file != '\0') {
        return file;
    }
    throw Failure{Fault::SettingUnusable,
                  "no settings file is named: give --settings FILE or set ZEGEL_SETTINGS; "
                  "config/examples/station.toml is one to begin with"};
}

std::string whatWasMeant(std::string_view written, const std::vector<std::string_view>& known) {
    const auto meant = config::nearest(written, known);
    if (meant) return "; did you mean " + std::string{*meant} + "?";
    for (const auto& [other, word] : SaidOtherwise) {
        if (written != other || std::ranges::find(known, word) == known.end()) continue;
        return "; did you mean " + std::string{word} + "?";
    }
    return "; choose " + config::eitherOf(known);
}

}  // namespace zegel::station
