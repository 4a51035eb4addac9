#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <ostream>
#include <string>

namespace zegel::station {

/// How far long work is, in one line of standard error that is written anew: only where a person
/// looks, on a terminal. Gone at its end.
class ProgressBar {
public:
    explicit ProgressBar(std::size_t all);
    ~ProgressBar();
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    void show(std::size_t done, const std::string& words);
    bool isSeen() const noexcept { return seen_; }

    /// Does `work`, and shows meanwhile how far `done` says it is.
    static void during(const std::function<void()>& work, std::size_t all,
                       const std::function<std::size_t()>& done, const std::string& words);

private:
    std::size_t all_;
    bool seen_;
};

/// How far long work is, where a line cannot be written anew: a line when something changed, and
/// not too often.
class SteadyNews {
public:
    using Moment = std::chrono::steady_clock::time_point;

    void tell(const std::string& words, std::ostream& out,
              Moment now = std::chrono::steady_clock::now());

private:
    std::string last_;
    std::optional<Moment> at_;
};

/// "[#######.................]  31 %  what" in less than `columns`.
std::string progressLine(std::size_t done, std::size_t all, const std::string& words,
                         std::size_t columns);

}  // namespace zegel::station
