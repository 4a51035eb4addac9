#pragma once

#include "tests/bench/stopwatch.h"

#include <string>

namespace zegel::bench {

/// What a whole line does: readers of this process, fed without a pause, the real line, ledger and
/// token, and the simulated CA in a process of its own.
struct LineFigures {
    int cards = 0;
    Span wall{};        ///< from the first card in a reader to the last order made
    double hostTook{};  ///< part of the processors that a virtual machine's host kept meanwhile

    double perSecond() const noexcept {
        return cards / std::chrono::duration<double>(wall).count();
    }
};

/// Makes `cards` P-256 group cards, four to a group, in `readers` readers; chips take as long as
/// `timing` says ("none", "typical"). Errors: Defect when the line does not make them all.
LineFigures lineMakes(int cards, int readers, const std::string& timing);

}  // namespace zegel::bench
