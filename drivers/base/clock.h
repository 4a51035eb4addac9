#pragma once

#include <chrono>
#include <string>

namespace zegel {

using TimePoint = std::chrono::sys_seconds;

/// Wall-clock time, a seam so that a test can stand on a given day.
class Clock {
public:
    virtual ~Clock() = default;
    virtual TimePoint now() const = 0;

protected:
    Clock() = default;
    Clock(const Clock&) = default;
    Clock& operator=(const Clock&) = default;
};

class SystemClock final : public Clock {
public:
    TimePoint now() const override;
};

/// UTC, RFC 3339 to the second: "2026-11-21T09:30:00Z".
std::string toRfc3339(TimePoint time);

/// UTC day: "20261121", as CHUID writes an expiry.
std::string toCompactDate(TimePoint time);

}  // namespace zegel
