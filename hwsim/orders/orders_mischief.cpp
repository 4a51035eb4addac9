#include "hwsim/orders/orders_mischief.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

namespace zegel::hwsim {
namespace {

struct Entry {
    OrdersMischief mischief;
    std::string_view name;
    std::string_view meaning;
};

constexpr std::array Entries{
    Entry{OrdersMischief::None, "none", "behaves"},
    Entry{OrdersMischief::Down, "down", "closes every connection without a word"},
    Entry{OrdersMischief::Unavailable, "unavailable", "HTTP 503"},
    Entry{OrdersMischief::Broken, "broken", "HTTP 500"},
    Entry{OrdersMischief::Refuse, "refuse", "refuse WHOM: HTTP 422 for events of that order"},
    Entry{OrdersMischief::Slow, "slow", "slow N: answers after N milliseconds"},
    Entry{OrdersMischief::LostAnswer, "lost-answer", "keeps the event, drops the connection"},
    Entry{OrdersMischief::Garbage, "garbage", "keeps the event, answers what is no HTTP"},
};

std::optional<int> numberIn(std::istream& words) {
    std::string word;
    if (!(words >> word)) return std::nullopt;
    int value = 0;
    const auto* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end || value < 1) return std::nullopt;
    return value;
}

/// "once", "N times", "every N"; false when something else stands there.
bool readCounts(std::istringstream& words, OrdersMisbehaviour& into) {
    for (std::string word; words >> word;) {
        if (word == "once") {
            into.times = 1;
        } else if (word == "every") {
            const auto number = numberIn(words);
            if (!number) return false;
            into.every = *number;
        } else {
            std::istringstream again{word};
            const auto number = numberIn(again);
            std::string times;
            if (!number || !(words >> times) || times != "times") return false;
            into.times = *number;
        }
    }
    return true;
}

}  // namespace

std::string_view nameOf(OrdersMischief mischief) noexcept {
    const auto* const found = std::ranges::find(Entries, mischief, &Entry::mischief);
    return found == Entries.end() ? "none" : found->name;
}

std::optional<OrdersMisbehaviour> ordersMisbehaviourFrom(const std::string& text) {
    std::istringstream words{text};
    std::string name;
    words >> name;
    const auto* const found = std::ranges::find(Entries, name, &Entry::name);
    if (found == Entries.end()) return std::nullopt;
    OrdersMisbehaviour read;
    read.mischief = found->mischief;
    if (read.mischief == OrdersMischief::Slow) {
        const auto amount = numberIn(words);
        if (!amount) return std::nullopt;
        read.amount = *amount;
    }
    if (read.mischief == OrdersMischief::Refuse && !(words >> read.whom)) return std::nullopt;
    if (!readCounts(words, read)) return std::nullopt;
    return read;
}

std::string listOfOrdersMischief() {
    std::string list;
    for (const auto& entry : Entries) {
        list += "  " + std::string{entry.name} + std::string(14 - entry.name.size(), ' ') +
                std::string{entry.meaning} + "\n";
    }
    return list + "and behind each of them \"once\", \"N times\" or \"every N\"\n";
}

void OrdersTemper::set(const OrdersMisbehaviour& misbehaviour) {
    const std::lock_guard lock{mutex_};
    set_ = misbehaviour;
    seen_ = 0;
    done_ = 0;
}

OrdersMisbehaviour OrdersTemper::next(std::string_view order, std::string_view subject) {
    const std::lock_guard lock{mutex_};
    if (!set_.whom.empty() && set_.whom != order && set_.whom != subject) return {};
    if (++seen_ % set_.every != 0) return {};
    if (set_.times > 0 && done_ >= set_.times) return {};
    ++done_;
    return set_;
}

OrdersMisbehaviour OrdersTemper::current() const {
    const std::lock_guard lock{mutex_};
    return set_;
}

}  // namespace zegel::hwsim
