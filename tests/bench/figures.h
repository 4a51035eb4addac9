#pragma once

#include "tests/bench/stopwatch.h"

#include <array>
#include <string>
#include <vector>

namespace zegel::bench {

/// What one card cost, or the medians of several. Exchanging, powering, authority and ours make up
/// the wall time; `chip` is inside `exchanging`, `ownWork` inside `authority`.
struct CardFigures {
    Span wall{};
    Span exchanging{};  ///< inside transmit
    Span powering{};    ///< connecting, power cycle, letting go
    Span authority{};   ///< waiting for the CA
    Span ours{};        ///< the rest
    Span work{};        ///< processor time in ours; what is left of ours waits: disk, turns
    Span chip{};        ///< the chip itself, as it counts
    Span ownWork{};     ///< our processor time while we wait for the CA
    std::uint64_t exchanges = 0;
    std::uint64_t octetsToChip = 0;
    std::uint64_t octetsFromChip = 0;

    /// Ours, step by step; the first is looking at the chip and claiming the order.
    std::array<Span, 10> steps{};

    Span wallWithoutChip() const noexcept { return wall - chip; }
};

/// Of each figure by itself.
CardFigures medianOf(const std::vector<CardFigures>& cards);
Span medianOf(std::vector<Span> spans);

/// "12.3 ms"; microseconds below one millisecond.
std::string shown(Span span);

/// Lines of one table, first heading, then rows; columns are wide enough for what is in them.
class Table {
public:
    explicit Table(std::vector<std::string> heading) : rows_{std::move(heading)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    std::string text() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace zegel::bench
