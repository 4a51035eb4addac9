#pragma once

#include <filesystem>

namespace zegel::station {

/// One station a ledger: a second one would take the cards under way for left behind. Held for as
/// long as this lives, and let go by the system however the process ends.
class SoleUse {
public:
    /// Errors: SettingUnusable when another station has it, or its folder cannot be written.
    explicit SoleUse(const std::filesystem::path& ledger);
    ~SoleUse();
    SoleUse(const SoleUse&) = delete;
    SoleUse& operator=(const SoleUse&) = delete;

private:
    int descriptor_;
};

/// Whether a station runs on the ledger just now.
bool stationRunsOn(const std::filesystem::path& ledger);

}  // namespace zegel::station
