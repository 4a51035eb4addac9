#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

namespace zegel::station {
namespace {

std::map<std::string, std::size_t> statesOf(Connection& beside, const std::string& table) {
    std::map<std::string, std::size_t> counts;
    auto rows = beside.select("SELECT state, count(*) AS count FROM " + table + " GROUP BY state");
    for (bool more = rows.moveFirst(); more; more = rows.moveNext())
        counts[textAt(rows, "state")] = static_cast<std::size_t>(numberAt(rows, "count"));
    return counts;
}

}  // namespace

BatchPage Ledger::batchesAfter(std::int64_t after, std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        BatchPage page;
        auto rows =
            beside.select(std::string{BatchColumns} + "WHERE b.rowid>? ORDER BY b.rowid LIMIT ?",
                          after, limit + 1);
        for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
            if (page.entries.size() == limit) {
                page.next = page.last;
                break;
            }
            page.entries.push_back(batchAt(rows));
            page.last = numberAt(rows, "row");
        }
        return page;
    });
}

std::map<OrderState, std::size_t> Ledger::orderCounts(const BatchId& batch) {
    return store_->reading([&](Connection& beside) {
        std::map<OrderState, std::size_t> counts;
        auto rows = beside.select(
            "SELECT state, orders FROM batch_states WHERE batch=? AND orders>0", batch.value());
        for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
            counts[orderStateNamed(textAt(rows, "state"))] =
                static_cast<std::size_t>(numberAt(rows, "orders"));
        }
        return counts;
    });
}

bool Ledger::isOpen(const BatchId& batch) {
    return store_->reading([&](Connection& beside) {
        return beside
            .select("SELECT 1 FROM batch_states WHERE batch=? AND state IN (?, ?) AND orders>0",
                    batch.value(), nameOf(OrderState::Queued), nameOf(OrderState::InProduction))
            .moveFirst();
    });
}

std::vector<OrderEntry> Ledger::ordersAfter(const BatchId& batch, std::size_t position,
                                            std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select(std::string{OrderColumns} +
                                       "WHERE o.batch=? AND o.position>? ORDER BY o.position "
                                       "LIMIT ?",
                                   batch.value(), position, limit),
                     orderAt);
    });
}

std::vector<RefusedOrder> Ledger::refusedAfter(const BatchId& batch, std::size_t position,
                                               std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM refused WHERE batch=? AND position>? ORDER BY "
                                   "position LIMIT ?",
                                   batch.value(), position, limit),
                     refusedAt);
    });
}

std::optional<std::pair<BatchEntry, RefusedOrder>> Ledger::refusedOrder(const OrderId& id) {
    return store_->reading(
        [&](Connection& beside) -> std::optional<std::pair<BatchEntry, RefusedOrder>> {
            auto rows = beside.select("SELECT * FROM refused WHERE id=? ORDER BY rowid LIMIT 1",
                                      id.value());
            if (!rows.moveFirst()) return std::nullopt;
            auto batch =
                beside.select(std::string{BatchColumns} + "WHERE b.id=?", textAt(rows, "batch"));
            if (!batch.moveFirst()) return std::nullopt;
            return std::pair{batchAt(batch), refusedAt(rows)};
        });
}

std::vector<OrderEntry> Ledger::ordersIn(OrderState state, std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return allOf(
            beside.select(std::string{OrderColumns} + "WHERE o.state=? ORDER BY o.rowid LIMIT ?",
                          nameOf(state), limit),
            orderAt);
    });
}

std::vector<CardEntry> Ledger::cardsAfter(std::string_view serial, std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM cards WHERE serial>? ORDER BY serial LIMIT ?",
                                   serial, limit),
                     cardAt);
    });
}

std::vector<CardEntry> Ledger::cardsIn(CardState state, std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM cards WHERE state=? ORDER BY serial LIMIT ?",
                                   nameOf(state), limit),
                     cardAt);
    });
}

std::vector<AuditEntry> Ledger::auditAfter(std::int64_t sequence, std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM audit WHERE sequence>? ORDER BY sequence "
                                   "LIMIT ?",
                                   sequence, limit),
                     auditAt);
    });
}

std::map<std::string, std::size_t> Ledger::queuedByProfile() {
    return store_->reading([](Connection& beside) {
        std::map<std::string, std::size_t> queued;
        auto rows = beside.select(
            "SELECT profile, count(*) AS count FROM orders WHERE state=? GROUP BY profile",
            nameOf(OrderState::Queued));
        for (bool more = rows.moveFirst(); more; more = rows.moveNext())
            queued[textAt(rows, "profile")] = static_cast<std::size_t>(numberAt(rows, "count"));
        return queued;
    });
}

StateCounts Ledger::stateCounts() {
    return store_->reading([&](Connection& beside) {
        auto batches = beside.select(
            "SELECT count(*) AS count, coalesce(sum(refused), 0) AS refused FROM batches");
        StateCounts counts{static_cast<std::size_t>(numberAt(batches, "count")),
                           statesOf(beside, "orders"), statesOf(beside, "cards"),
                           statesOf(beside, "letters"), statesOf(beside, "certificates")};
        const auto refused = static_cast<std::size_t>(numberAt(batches, "refused"));
        if (refused > 0) counts.orders[std::string{nameOf(OrderState::Rejected)}] += refused;
        return counts;
    });
}

}  // namespace zegel::station
