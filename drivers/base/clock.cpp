#include "drivers/base/clock.h"

#include <array>
#include <ctime>

namespace zegel {
namespace {

std::string formatted(TimePoint time, const char* pattern) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 32> text{};
    const auto length = std::strftime(text.data(), text.size(), pattern, &utc);
    return {text.data(), length};
}

}  // namespace

TimePoint SystemClock::now() const {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

std::string toRfc3339(TimePoint time) {
    return formatted(time, "%Y-%m-%dT%H:%M:%SZ");
}

std::string toCompactDate(TimePoint time) {
    return formatted(time, "%Y%m%d");
}

}  // namespace zegel
