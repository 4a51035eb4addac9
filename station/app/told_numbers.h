#pragma once

#include "station/orders/certificate_number.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace zegel::station {

/// The number of a card that the station told the order system of.
struct ToldNumber {
    CountedNumber counted;
    std::string number;            ///< as it stands on paper
    std::filesystem::path report;  ///< which says so
};

/// The last one that any batch's status file in the reports folder tells of; nothing when none
/// does, or there is no folder. A ledger that comes back from a backup may know less than they do.
/// Errors: RequestRefused naming a file that is there and cannot be read.
std::optional<ToldNumber> lastNumberTold(const std::filesystem::path& reports,
                                         std::string_view prefix);

}  // namespace zegel::station
