#pragma once

#include "drivers/base/bytes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace zegel::hwsim {

/// One thing that goes wrong at one exchange between reader and chip.
struct ExchangeFault {
    enum class Kind {
        PullBefore,   ///< the card leaves before the command reaches the chip
        PullAfter,    ///< the chip has obeyed, the card leaves before the answer arrives
        ReaderGone,   ///< the reader leaves before the command reaches the chip
        ServiceGone,  ///< the PC/SC service dies before the command reaches the chip
        TimedOut,     ///< the reader answers nothing in time, and the chip never sees the command
        Status,       ///< `status` is answered and the chip never sees the command
        StatusAfter,  ///< the chip has obeyed, but `status` is answered
        Garble,       ///< every octet of the data inverted; an answer without data becomes 6F00
        CutShort      ///< the second half of the data is missing; without data as Garble
    };

    Kind kind = Kind::PullBefore;
    std::uint64_t exchange = 1;     ///< the first command after arming is 1
    std::uint16_t status = 0x6F00;  ///< for Status and StatusAfter
};

/// What went through the contacts.
struct Traffic {
    std::uint64_t exchanges = 0;
    std::uint64_t octetsToChip = 0;
    std::uint64_t octetsFromChip = 0;

    friend bool operator==(const Traffic&, const Traffic&) = default;
};

/// The faults of one reader, in any order, each of which happens once. Not thread-safe.
class FaultPlan {
public:
    void arm(const ExchangeFault& fault);
    void disarm() noexcept { armed_.clear(); }
    /// Counts one exchange; the fault that is due, taken off the plan.
    std::optional<ExchangeFault> next();
    /// Faults that have not happened yet.
    std::size_t pending() const noexcept { return armed_.size(); }

private:
    std::uint64_t counted_ = 0;
    std::vector<ExchangeFault> armed_;
};

/// The answer as the fault lets it through.
Bytes altered(const ExchangeFault& fault, Bytes answer);

}  // namespace zegel::hwsim
