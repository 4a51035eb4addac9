#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

namespace zegel::station {
namespace {

std::optional<std::size_t> countAt(Poco::Data::RecordSet& rows, const std::string& column) {
    if (rows.value(column).isEmpty()) return std::nullopt;
    return static_cast<std::size_t>(numberAt(rows, column));
}

std::vector<EventEntry> eventsIn(Poco::Data::RecordSet rows) {
    std::vector<EventEntry> entries;
    for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
        entries.push_back({numberAt(rows, "sequence"), timeAt(rows, "at"), textAt(rows, "kind"),
                           textAt(rows, "subject"), textAt(rows, "batch"), textAt(rows, "order_id"),
                           textAt(rows, "before"), textAt(rows, "after"), textAt(rows, "reason"),
                           textAt(rows, "chip"), textAt(rows, "number"), textAt(rows, "name"),
                           textAt(rows, "purpose"), textAt(rows, "serial"), countAt(rows, "orders"),
                           countAt(rows, "refused"), numberAt(rows, "replacement") != 0});
    }
    return entries;
}

}  // namespace

void Store::tell(const EventEntry& event) {
    execute(
        "INSERT INTO events(at, kind, subject, batch, order_id, before, after, reason, chip, "
        "number, name, purpose, serial, replacement) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        now(), event.kind, event.subject, event.batch, event.order, event.before, event.after,
        event.reason, event.chip, event.number, event.name, event.purpose, event.serial,
        event.replacement ? 1 : 0);
    if (!event.orders) return;
    execute("UPDATE events SET orders=?, refused=? WHERE sequence=last_insert_rowid()",
            *event.orders, event.refused.value_or(0));
}

std::vector<EventEntry> Ledger::events(std::int64_t after, std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return eventsIn(beside.select(
            "SELECT * FROM events WHERE sequence>? ORDER BY sequence LIMIT ?", after, limit));
    });
}

std::int64_t Ledger::lastEvent() {
    return store_->reading([&](Connection& beside) {
        auto rows = beside.select("SELECT coalesce(max(sequence),0) AS last FROM events");
        return numberAt(rows, "last");
    });
}

std::vector<EventEntry> Ledger::undeliveredEvents(std::int64_t after, std::size_t limit) {
    return store_->reading([&](Connection& beside) {
        return eventsIn(
            beside.select("SELECT * FROM events WHERE delivered IS NULL AND sequence>? "
                          "ORDER BY sequence LIMIT ?",
                          after, limit));
    });
}

void Ledger::recordDelivered(std::span<const std::int64_t> sequences) {
    if (sequences.empty()) return;
    store_->whole([&] {
        for (const auto sequence : sequences)
            store_->execute("UPDATE events SET delivered=? WHERE sequence=? AND delivered IS NULL",
                            store_->now(), sequence);
    });
}

EventBacklog Ledger::eventBacklog() {
    return store_->reading([&](Connection& beside) -> EventBacklog {
        auto rows = beside.select("SELECT count(*) AS count FROM events WHERE delivered IS NULL");
        const auto count = static_cast<std::size_t>(numberAt(rows, "count"));
        auto oldest = beside.select(
            "SELECT at FROM events WHERE delivered IS NULL ORDER BY sequence LIMIT 1");
        return {count, oldest.moveFirst() ? timeAt(oldest, "at") : TimePoint{}};
    });
}

std::string Ledger::instance() {
    return store_->reading([&](Connection& beside) {
        auto rows = beside.select("SELECT id FROM instance");
        return rows.moveFirst() ? textAt(rows, "id") : std::string{};
    });
}

}  // namespace zegel::station
