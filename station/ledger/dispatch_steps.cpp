#include "station/ledger/dispatch_steps.h"

namespace zegel::station {

EventEntry eventOf(Store& store, const OrderId& order, const char* kind,
                   const std::string& subject) {
    auto rows = store.select("SELECT batch, chip, number, group_name FROM orders WHERE id=?",
                             order.value());
    rows.moveFirst();
    EventEntry event;
    event.kind = kind;
    event.subject = subject;
    event.order = order.value();
    event.batch = textAt(rows, "batch");
    event.chip = textAt(rows, "chip");
    event.number = textAt(rows, "number");
    event.name = textAt(rows, "group_name");
    return event;
}

void insertNote(Store& store, const OrderId& order, const NoteText& note) {
    store.execute("INSERT INTO notes(order_id, kind, at, said) VALUES(?,?,?,?)", order.value(),
                  note.kind, store.now(), note.text);
}

}  // namespace zegel::station
