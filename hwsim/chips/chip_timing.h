#pragma once

#include "hwsim/chips/chip.h"

#include <chrono>
#include <string_view>

namespace zegel::hwsim {

/// How long chips take. What this machine computes for a chip counts towards it.
class ChipTiming {
public:
    /// "none": as fast as this machine; "typical": the medians of chips in the field. Line speed
    /// 26 kB/s (TA1=96 at 5 MHz, ISO/IEC 7816-3); making a key, as crocs-muni/jcalgtest_results
    /// measured on cards: P-256 157 ms (14 cards), P-384 315 ms (10), RSA-2048 10 s (27), RSA-3072
    /// 26.9 s and RSA-4096 56.8 s (7). Nothing is added for other computations of a chip.
    /// Errors: RequestRefused for another name.
    static ChipTiming named(std::string_view name);

    /// From the first octet of the command to the last of its answer.
    std::chrono::microseconds takes(ByteView command, std::size_t answerSize) const;

    bool none() const noexcept { return octetsPerSecond_ == 0; }

private:
    std::size_t octetsPerSecond_ = 0;
};

/// The chip, taking that long for each exchange.
std::shared_ptr<Chip> takingItsTime(std::shared_ptr<Chip> chip, const ChipTiming& timing);

}  // namespace zegel::hwsim
