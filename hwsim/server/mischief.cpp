#include "hwsim/server/mischief.h"

#include <charconv>
#include <sstream>

namespace zegel::hwsim {
namespace {

/// A number of at least `least`; nothing when another word stands there.
std::optional<int> numberFrom(const std::string& word, int least) {
    int value = 0;
    const auto* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end || value < least) return std::nullopt;
    return value;
}

std::optional<int> numberIn(std::istream& words, int least) {
    std::string word;
    if (!(words >> word)) return std::nullopt;
    return numberFrom(word, least);
}

/// "once", "N times", "after N", "every N"; false when something else stands there.
bool readCount(const std::string& word, std::istream& words, MischiefMeasure& into) {
    std::optional<int> number;
    if (word == "once") {
        into.times = 1;
        return true;
    }
    if (word == "after") {
        number = numberIn(words, 0);
        into.skipFirst = number.value_or(0);
        return number.has_value();
    }
    if (word == "every") {
        number = numberIn(words, 1);
        into.every = number.value_or(1);
        return number.has_value();
    }
    number = numberFrom(word, 1);
    into.times = number.value_or(0);
    std::string times;
    return number && words >> times && times == "times";
}

}  // namespace

std::optional<MischiefMeasure> mischiefMeasureFrom(const std::string& text, Takes takes) {
    std::istringstream words{text};
    MischiefMeasure read;
    if (takes == Takes::Amount) {
        const auto amount = numberIn(words, 0);
        if (!amount) return std::nullopt;
        read.amount = *amount;
    }
    if (takes == Takes::Whom && !(words >> read.whom)) return std::nullopt;
    for (std::string word; words >> word;) {
        if (!readCount(word, words, read)) return std::nullopt;
    }
    return read;
}

std::string mischiefLine(std::string_view name, std::string_view meaning) {
    auto line = "  " + std::string{name};
    line.append(26 - std::min<std::size_t>(25, name.size()), ' ');
    return line + std::string{meaning} + '\n';
}

std::string mischiefCounts() {
    return "and behind each of them \"once\", \"N times\", \"after N\" or \"every N\"\n";
}

bool MischiefTurns::isNext(const MischiefMeasure& measure,
                           std::initializer_list<std::string_view> about) {
    if (!measure.whom.empty() && std::ranges::find(about, measure.whom) == about.end()) {
        return false;
    }
    if (++seen_ <= measure.skipFirst) return false;
    if ((seen_ - measure.skipFirst) % measure.every != 0) return false;
    if (measure.times > 0 && done_ >= measure.times) return false;
    ++done_;
    return true;
}

}  // namespace zegel::hwsim
