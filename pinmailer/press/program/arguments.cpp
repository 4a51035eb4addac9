#include "pinmailer/press/program/arguments.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace zegel::press {
namespace {

constexpr std::array<std::string_view, 3> StandingAlone{"--without-puk", "--help", "--all"};

}  // namespace

void misuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why + "; see zegel-pinmailer --help"};
}

Arguments::Arguments(std::span<char*> words) {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string word = std::string_view{words[at]} == "-h" ? "--help" : words[at];
        if (!word.starts_with("--")) {
            plain_.push_back(word);
        } else if (std::ranges::count(StandingAlone, word) != 0) {
            named_[word] = "yes";
        } else if (at + 1 == words.size() || std::string_view{words[at + 1]}.starts_with("--")) {
            misuse(word + " needs a value" + (word == "--to-file" ? ": the letter" : ""));
        } else if (!named_.emplace(word, words[++at]).second) {
            misuse(word + " is given twice");
        }
    }
}

std::optional<std::string> Arguments::take(const std::string& name) {
    const auto found = named_.find(name);
    if (found == named_.end()) return std::nullopt;
    auto value = std::move(found->second);
    named_.erase(found);
    return value;
}

std::string Arguments::need(const std::string& name) {
    auto value = take(name);
    if (!value || value->empty()) misuse(name + " is missing");
    return *std::move(value);
}

std::string Arguments::needPlain(const char* what) {
    if (plain_.empty()) misuse(std::string{what} + " is missing");
    auto word = std::move(plain_.front());
    plain_.erase(plain_.begin());
    return word;
}

std::optional<std::array<double, 2>> Arguments::takePlace(const std::string& name) {
    const auto text = take(name);
    if (!text) return std::nullopt;
    std::array<double, 2> place{};
    const auto* end = text->data() + text->size();
    const auto x = std::from_chars(text->data(), end, place[0]);
    const bool comma = x.ec == std::errc{} && x.ptr != end && *x.ptr == ',';
    const auto y = comma ? std::from_chars(x.ptr + 1, end, place[1]) : x;
    const bool finite = std::isfinite(place[0]) && std::isfinite(place[1]);
    if (!comma || y.ec != std::errc{} || y.ptr != end || !finite) {
        misuse(name + " \"" + *text + "\" is not two numbers like 20,45");
    }
    return place;
}

void Arguments::expectNoMore() const {
    if (!plain_.empty()) misuse("\"" + plain_.front() + "\" is not expected here");
    if (!named_.empty()) misuse(named_.begin()->first + " is not an option here");
}

}  // namespace zegel::press
