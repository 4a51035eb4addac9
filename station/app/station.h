#pragma once

#include "config/settings.h"

#include <memory>
#include <stop_token>

namespace zegel::station {

/// The whole station, wired: token, CA, ledger, desk, line, inbox and reports.
class Station {
public:
    /// Opens everything it needs and recovers what an earlier run left half done.
    /// Errors: SettingUnusable, TokenUnavailable, LedgerUnwritable naming what to do.
    explicit Station(const config::Settings& settings);
    ~Station();
    Station(const Station&) = delete;
    Station& operator=(const Station&) = delete;

    /// Works until `stop`. Cards under way are finished first.
    /// Errors: whatever stops a station (LedgerUnwritable, Defect).
    void run(const std::stop_token& stop);

private:
    struct Works;
    class StopAll;
    std::unique_ptr<Works> works_;
};

}  // namespace zegel::station
