#pragma once

#include "tests/bench/stopwatch.h"

#include <cstddef>
#include <optional>

namespace zegel::bench {

/// What letters cost, each on one core: made-up codes, names of usual length, the shipped template.
struct LetterFigures {
    std::size_t letters = 0;
    Span first{};   ///< from its file to its PDF, template unread and typefaces not looked up yet
    Span single{};  ///< the same once template and typefaces are known; the median of some
    Span run{};     ///< all of them into one PDF
    Span apart{};   ///< each into a PDF of its own
    Span openingElliptic{};  ///< all of them, P-256
    Span openingRsa{};       ///< all of them, RSA-3072
    Span bareRsa{};          ///< as many decryptions with that key by OpenSSL alone
    std::size_t octetsOfOne = 0;
    std::size_t octetsOfRun = 0;
    std::size_t neighbourPages = 0;
    std::optional<Span>
        neighbour{};  ///< rsvg-convert, the same pages, a process each; none: not there
};

LetterFigures lettersMade(std::size_t letters);

/// The table and the goals, on standard output. Gives how many goals were missed.
int letterBench(std::size_t letters);

}  // namespace zegel::bench
