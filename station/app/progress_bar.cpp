#include "station/app/progress_bar.h"

#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace zegel::station {
namespace {

constexpr std::chrono::milliseconds Look{200};
constexpr std::chrono::seconds BetweenNews{5};
constexpr std::size_t BarWidth = 24;
constexpr std::size_t UsualColumns = 80;
constexpr const char* LineAnew = "\r\x1B[K";  // ECMA-48, 8.3.41 erase in line

std::size_t columnsOfTerminal() {
    winsize size{};
    const bool told = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return told ? size.ws_col : UsualColumns;
}

}  // namespace

std::string progressLine(std::size_t done, std::size_t all, const std::string& words,
                         std::size_t columns) {
    const auto part = all == 0 ? all : std::min(done, all);
    const auto filled = all == 0 ? BarWidth : part * BarWidth / all;
    const auto percent = std::to_string(all == 0 ? 100 : part * 100 / all);
    const auto bar = "[" + std::string(filled, '#') + std::string(BarWidth - filled, '.') + "] " +
                     std::string(3 - percent.size(), ' ') + percent + " %  " + words;
    return bar.substr(0, columns - 1);  // one that is full would begin another line
}

void SteadyNews::tell(const std::string& words, std::ostream& out, Moment now) {
    if (words == last_ || (at_ && now - *at_ < BetweenNews)) return;
    out << words << std::endl;
    last_ = words;
    at_ = now;
}

ProgressBar::ProgressBar(std::size_t all) : all_(all), seen_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    if (seen_) std::cerr << LineAnew << std::flush;
}

void ProgressBar::show(std::size_t done, const std::string& words) {
    if (!seen_) return;
    std::cerr << LineAnew << progressLine(done, all_, words, columnsOfTerminal()) << std::flush;
}

void ProgressBar::during(const std::function<void()>& work, std::size_t all,
                         const std::function<std::size_t()>& done, const std::string& words) {
    std::mutex mutex;
    std::condition_variable_any wake;
    const std::jthread showing{[&](const std::stop_token& stop) {
        ProgressBar bar{all};
        std::unique_lock lock{mutex};
        while (!wake.wait_for(lock, stop, Look, [&] { return stop.stop_requested(); }))
            bar.show(done(), words);
    }};
    work();
}

}  // namespace zegel::station
