#include "tests/bench/figures.h"

#include <algorithm>
#include <cstdio>
#include <functional>

namespace zegel::bench {
namespace {

template <typename Value, typename From>
Value middle(const std::vector<CardFigures>& cards, From from) {
    std::vector<Value> values;
    for (const auto& card : cards)
        values.push_back(std::invoke(from, card));
    std::ranges::sort(values);
    return values.empty() ? Value{} : values[values.size() / 2];
}

std::string padded(const std::string& text, std::size_t width, bool left) {
    const std::string room(width - text.size(), ' ');
    return left ? text + room : room + text;
}

}  // namespace

CardFigures medianOf(const std::vector<CardFigures>& cards) {
    CardFigures median;
    median.wall = middle<Span>(cards, &CardFigures::wall);
    median.exchanging = middle<Span>(cards, &CardFigures::exchanging);
    median.powering = middle<Span>(cards, &CardFigures::powering);
    median.authority = middle<Span>(cards, &CardFigures::authority);
    median.work = middle<Span>(cards, &CardFigures::work);
    median.chip = middle<Span>(cards, &CardFigures::chip);
    median.ownWork = middle<Span>(cards, &CardFigures::ownWork);
    median.ours = middle<Span>(cards, &CardFigures::ours);
    median.exchanges = middle<std::uint64_t>(cards, &CardFigures::exchanges);
    median.octetsToChip = middle<std::uint64_t>(cards, &CardFigures::octetsToChip);
    median.octetsFromChip = middle<std::uint64_t>(cards, &CardFigures::octetsFromChip);
    for (std::size_t at = 0; at < median.steps.size(); ++at) {
        median.steps[at] =
            middle<Span>(cards, [at](const CardFigures& card) { return card.steps[at]; });
    }
    return median;
}

Span medianOf(std::vector<Span> spans) {
    std::ranges::sort(spans);
    return spans.empty() ? Span{} : spans[spans.size() / 2];
}

std::string shown(Span span) {
    const auto micros = std::chrono::duration<double, std::micro>{span}.count();
    char text[32];
    if (micros < 1000) {
        std::snprintf(text, sizeof text, "%.0f us", micros);
    } else {
        std::snprintf(text, sizeof text, "%.1f ms", micros / 1000);
    }
    return text;
}

std::string Table::text() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t at = 0; at < row.size(); ++at)
            widths[at] = std::max(widths[at], row[at].size());
    }
    std::string lines;
    for (const auto& row : rows_) {
        for (std::size_t at = 0; at < row.size(); ++at)
            lines += (at == 0 ? "  " : "   ") + padded(row[at], widths[at], at == 0);
        lines += '\n';
    }
    return lines;
}

}  // namespace zegel::bench
