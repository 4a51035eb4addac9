#include "station/report/ledger_report.h"

#include <algorithm>

namespace zegel::station {
namespace {

constexpr std::size_t AtOnce = 500;

std::map<std::string, std::size_t> statesOf(Ledger& ledger, const BatchEntry& batch) {
    std::map<std::string, std::size_t> states;
    for (const auto& [state, orders] : ledger.orderCounts(batch.id))
        states[std::string{nameOf(state)}] += orders;
    if (batch.refused > 0) states[std::string{nameOf(OrderState::Rejected)}] += batch.refused;
    return states;
}

}  // namespace

OrderStatus statusOf(const OrderEntry& entry) {
    OrderStatus status;
    status.order = entry.order.id;
    status.position = entry.position;
    status.state = nameOf(entry.state);
    status.profile = entry.order.profile;
    status.certificateName = entry.order.subject.group;
    status.chipSerial = entry.chip;
    status.certificateNumber = entry.number;
    if (entry.letterState) status.letterState = std::string{nameOf(*entry.letterState)};
    status.reason = entry.reason;
    status.at = entry.changed;
    return status;
}

std::vector<OrderStatus> ordersAfter(Ledger& ledger, const BatchEntry& batch, std::size_t after,
                                     std::size_t limit) {
    std::vector<OrderStatus> all;
    for (const auto& entry : ledger.ordersAfter(batch.id, after, limit))
        all.push_back(statusOf(entry));
    for (const auto& refused : ledger.refusedAfter(batch.id, after, limit))
        all.push_back(statusOf(refused, batch.accepted));
    std::ranges::sort(all, {}, &OrderStatus::position);
    if (all.size() > limit) all.resize(limit);
    return all;
}

bool tellReport(Ledger& ledger, const BatchId& batch, const std::string& station, TimePoint now,
                const std::function<void(const BatchReport&)>& tell) {
    bool known = false;
    ledger.atOneMoment([&] {
        const auto entry = ledger.batch(batch);
        known = entry.has_value();
        if (!known) return;
        BatchReport report{batch, station, entry->accepted, now, statesOf(ledger, *entry), {}};
        report.orders = [&](const TakeOrder& take) {
            std::size_t last = 0;
            for (auto some = ordersAfter(ledger, *entry, last, AtOnce); !some.empty();
                 some = ordersAfter(ledger, *entry, last, AtOnce)) {
                for (const auto& status : some)
                    take(status);
                last = some.back().position;
            }
        };
        tell(report);
    });
    return known;
}

}  // namespace zegel::station
