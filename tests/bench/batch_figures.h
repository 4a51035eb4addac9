#pragma once

#include "tests/bench/stopwatch.h"

#include <cstddef>

namespace zegel::bench {

/// What one step took by the clock, and the processor time in it.
struct Stint {
    Span wall{};
    Span work{};
};

/// What the largest batch costs: taken in one go as the API's and the inbox' verb does it.
struct BatchFigures {
    std::size_t octets = 0;  ///< of the file
    Stint reading{};         ///< every order checked
    Stint keeping{};         ///< durably in the ledger
    std::size_t memory = 0;  ///< octets, of the whole process at its highest until then
    /// At the 99th percentile, beside a line of readers that makes cards of the batch.
    Span order{};
    Span page{};   ///< of a hundred orders
    Span batch{};  ///< with the sums of its states
};

/// `looks`: how many of each kind. Errors: Failure when the batch is not taken as a whole.
BatchFigures batchTaken(std::size_t orders, std::size_t looks);

}  // namespace zegel::bench
