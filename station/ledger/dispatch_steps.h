#pragma once

#include "station/ledger/dispatch_book.h"
#include "station/ledger/store.h"

namespace zegel::station {

/// What several verbs of dispatch take, each within a transaction. Known to station/ledger only.

/// What the order system is told of something that belongs to an order.
EventEntry eventOf(Store& store, const OrderId& order, const char* kind,
                   const std::string& subject);

void insertNote(Store& store, const OrderId& order, const NoteText& note);

}  // namespace zegel::station
