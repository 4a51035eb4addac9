#include "station/ledger/dispatch_steps.h"

namespace zegel::station {
namespace {

Awaited awaitedAt(Poco::Data::RecordSet& rows) {
    Awaited awaited{OrderId{textAt(rows, "order_id")}, timeAt(rows, "at"), textAt(rows, "track"),
                    std::nullopt};
    if (numberAt(rows, "overdue") != 0) awaited.overdue = timeAt(rows, "overdue");
    return awaited;
}

std::vector<Awaited> awaitedIn(Store& store, const std::string& condition, std::string_view profile,
                               TimePoint latest) {
    return store.reading([&](Connection& beside) {
        return allOf(
            beside.select("SELECT d.* FROM dispatches d JOIN orders o ON o.id=d.order_id WHERE "
                          "o.state=? AND o.profile=? AND d.at<=? AND " +
                              condition + " ORDER BY d.rowid",
                          nameOf(OrderState::Dispatched), profile,
                          latest.time_since_epoch().count()),
            awaitedAt);
    });
}

/// Marks what the clock did of an order that is still on its way; false when it is not, or was
/// marked before.
bool mark(Store& store, const OrderId& order, const std::string& column) {
    return store.execute("UPDATE dispatches SET " + column + "=? WHERE order_id=? AND " + column +
                             " IS NULL AND EXISTS(SELECT 1 FROM orders o WHERE o.id=order_id AND "
                             "o.state=?)",
                         store.now(), order.value(), nameOf(OrderState::Dispatched)) == 1;
}

bool wasReminded(Store& store, const OrderId& order) {
    return store
        .select("SELECT 1 FROM dispatches WHERE order_id=? AND reminded IS NOT NULL", order.value())
        .moveFirst();
}

}  // namespace

std::vector<Awaited> DispatchBook::toRemind(std::string_view profile, TimePoint latest) {
    return awaitedIn(store_, "d.reminded IS NULL", profile, latest);
}

std::vector<Awaited> DispatchBook::toCallOverdue(std::string_view profile, TimePoint latest) {
    return awaitedIn(store_, "d.overdue IS NULL", profile, latest);
}

void DispatchBook::remind(const OrderId& order, const std::vector<NoteText>& notes) {
    store_.whole([&] {
        if (!mark(store_, order, "reminded")) return;
        auto event = eventOf(store_, order, "receipt", order.value());
        event.after = "reminded";
        store_.tell(event);
        store_.appendAudit("station", "receipt reminded of", order.value(), "");
        for (const auto& note : notes)
            insertNote(store_, order, note);
    });
}

void DispatchBook::callOverdue(const OrderId& order, std::string_view proposal) {
    store_.whole([&] {
        if (!mark(store_, order, "overdue")) return;
        auto event = eventOf(store_, order, "receipt", order.value());
        if (wasReminded(store_, order)) event.before = "reminded";
        event.after = "overdue";
        event.reason = proposal;
        store_.tell(event);
        store_.appendAudit("station", "receipt overdue", order.value(), proposal);
    });
}

std::vector<Awaited> DispatchBook::overdue(std::size_t limit) {
    return store_.reading([&](Connection& beside) {
        return allOf(
            beside.select("SELECT d.* FROM dispatches d JOIN orders o ON o.id=d.order_id WHERE "
                          "o.state=? AND d.overdue IS NOT NULL ORDER BY d.overdue, d.rowid LIMIT ?",
                          nameOf(OrderState::Dispatched), limit),
            awaitedAt);
    });
}

std::vector<NoteEntry> DispatchBook::unwrittenNotes(std::size_t limit) {
    return store_.reading([&](Connection& beside) {
        return allOf(
            beside.select("SELECT * FROM notes WHERE written IS NULL ORDER BY row LIMIT ?", limit),
            [](Poco::Data::RecordSet& rows) {
                return NoteEntry{numberAt(rows, "row"),
                                 OrderId{textAt(rows, "order_id")},
                                 {textAt(rows, "kind"), textAt(rows, "said")}};
            });
    });
}

void DispatchBook::recordWritten(std::int64_t row) {
    store_.whole([&] {
        store_.execute("UPDATE notes SET written=?, said='' WHERE row=?", store_.now(), row);
    });
}

}  // namespace zegel::station
