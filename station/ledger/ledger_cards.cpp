#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

namespace zegel::station {
namespace {

/// What the ledger knows of a chip goes on under the name that the chip gives itself now.
void renameChip(Store& store, const ChipSerial& before, const ChipName& now) {
    store.execute(
        "INSERT INTO cards(serial, family, firmware, state, reason, spoiled_times, changed) "
        "SELECT ?,?,?,?,?,spoiled_times,? FROM cards WHERE serial=?",
        now.serial.value(), now.family, now.firmware, nameOf(CardState::Blank),
        "reset; it was " + before.value(), store.now(), before.value());
    EventEntry blank;
    blank.kind = "card";
    blank.subject = blank.chip = now.serial.value();
    blank.after = nameOf(CardState::Blank);
    blank.reason = "reset; it was " + before.value();
    store.tell(blank);
    store.execute("UPDATE cards SET order_id=NULL, reason=?, changed=? WHERE serial=?",
                  "reset; it calls itself " + now.serial.value() + " since", store.now(),
                  before.value());
}

}  // namespace

CardEntry cardAt(Poco::Data::RecordSet& rows) {
    CardEntry entry;
    entry.chip = {ChipSerial{textAt(rows, "serial")}, textAt(rows, "family"),
                  textAt(rows, "firmware")};
    entry.state = cardStateNamed(textAt(rows, "state"));
    if (auto order = textAt(rows, "order_id"); !order.empty()) entry.order = OrderId{order};
    entry.reason = textAt(rows, "reason");
    entry.spoiledTimes = static_cast<int>(numberAt(rows, "spoiled_times"));
    return entry;
}

std::optional<CardEntry> Ledger::card(const ChipSerial& serial) {
    return store_->reading([&](Connection& beside) -> std::optional<CardEntry> {
        auto rows = beside.select("SELECT * FROM cards WHERE serial=?", serial.value());
        if (!rows.moveFirst()) return std::nullopt;
        return cardAt(rows);
    });
}

std::vector<CardEntry> Ledger::cards() {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM cards ORDER BY serial"), cardAt);
    });
}

void Ledger::recordReset(const ChipSerial& chip, const ChipName& now) {
    store_->whole([&] {
        if (now.serial == chip) {
            store_->execute("UPDATE cards SET order_id=NULL WHERE serial=?", chip.value());
            store_->moveCard(chip, CardState::Blank, "reset");
            store_->appendAudit("station", "card reset", chip.value(), "it was spoiled before");
            return;
        }
        renameChip(*store_, chip, now);
        store_->appendAudit(
            "station", "card reset", chip.value(),
            "it was spoiled before; it calls itself " + now.serial.value() + " since");
    });
}

}  // namespace zegel::station
