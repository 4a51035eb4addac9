#pragma once

#include <algorithm>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace zegel::hwsim {

/// What stands behind a word of mischief.
enum class Takes { Nothing, Amount, Whom };

/// One thing that a simulated server can do wrong; `Kind` is an enumeration with a `None`.
template <typename Kind>
struct MischiefWord {
    Kind mischief;
    std::string_view name;
    std::string_view meaning;  ///< for --help
    Takes takes = Takes::Nothing;
};

/// How much of it, to whom, and how often.
struct MischiefMeasure {
    int amount = 0;     ///< milliseconds, or what the word says
    std::string whom;   ///< only to requests about this; empty: to all
    int times = 0;      ///< 0: until told otherwise
    int skipFirst = 0;  ///< behave for this many requests first
    int every = 1;      ///< to each n-th request only
};

template <typename Kind>
struct MisbehaviourOf : MischiefMeasure {
    Kind mischief = Kind::None;
};

/// "2000 2 times after 3" behind a word that takes an amount, "once", "every 4". Nothing when it
/// cannot be understood.
std::optional<MischiefMeasure> mischiefMeasureFrom(const std::string& words, Takes takes);

/// A line of --help.
std::string mischiefLine(std::string_view name, std::string_view meaning);

/// How often, for --help.
std::string mischiefCounts();

/// All that one server can do wrong.
template <typename Kind>
class MischiefTable {
public:
    constexpr explicit MischiefTable(std::span<const MischiefWord<Kind>> words) : words_(words) {}

    std::string_view nameOf(Kind mischief) const noexcept {
        const auto found = std::ranges::find(words_, mischief, &MischiefWord<Kind>::mischief);
        return found == words_.end() ? "none" : found->name;
    }

    /// "slow 2000", "lost-answer once", "refuse 2 times after 3", "none".
    /// Nothing when it cannot be understood.
    std::optional<MisbehaviourOf<Kind>> read(const std::string& text) const {
        const auto end = std::min(text.find(' '), text.size());
        const auto found =
            std::ranges::find(words_, text.substr(0, end), &MischiefWord<Kind>::name);
        if (found == words_.end()) return std::nullopt;
        auto measure = mischiefMeasureFrom(text.substr(end), found->takes);
        if (!measure) return std::nullopt;
        return MisbehaviourOf<Kind>{std::move(*measure), found->mischief};
    }

    /// All words with what they do, for --help.
    std::string list() const {
        std::string list;
        for (const auto& word : words_)
            list += mischiefLine(word.name, word.meaning);
        return list + mischiefCounts();
    }

private:
    std::span<const MischiefWord<Kind>> words_;
};

/// Whose turn it is to be misbehaved to.
class MischiefTurns {
public:
    bool isNext(const MischiefMeasure& measure, std::initializer_list<std::string_view> about);

private:
    int seen_ = 0;
    int done_ = 0;
};

/// The current misbehaviour, shared by all connections.
template <typename Kind>
class TemperOf {
public:
    void set(const MisbehaviourOf<Kind>& misbehaviour) {
        const std::lock_guard lock{mutex_};
        set_ = misbehaviour;
        turns_ = {};
    }

    /// What to do for the next request, which is about these; counts it.
    MisbehaviourOf<Kind> next(std::initializer_list<std::string_view> about = {}) {
        const std::lock_guard lock{mutex_};
        return turns_.isNext(set_, about) ? set_ : MisbehaviourOf<Kind>{};
    }

    /// What is set, without counting.
    MisbehaviourOf<Kind> current() const {
        const std::lock_guard lock{mutex_};
        return set_;
    }

private:
    mutable std::mutex mutex_;
    MisbehaviourOf<Kind> set_;
    MischiefTurns turns_;
};

}  // namespace zegel::hwsim
