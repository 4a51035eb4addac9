#include "drivers/base/counted.h"
#include "station/ledger/backup.h"
#include "station/ledger/ledger.h"
#include "station/ledger/letter_steps.h"

namespace zegel::station {
namespace {

/// Sets free what a claim had drawn: its certificates are to be revoked, its letter goes.
void wipeAttempt(Store& store, const std::string& letter) {
    auto live =
        store.select("SELECT row FROM certificates WHERE letter=? AND state IN (?,?) ORDER BY row",
                     letter, nameOf(CertificateState::Issued), nameOf(CertificateState::Confirmed));
    for (bool more = live.moveFirst(); more; more = live.moveNext())
        store.moveCertificate(numberAt(live, "row"), CertificateState::RevocationWanted);
    auto held = store.select("SELECT id FROM letters WHERE id=?", letter);
    if (!held.moveFirst()) return;
    destroyLetter(store, LetterId{letter}, "station", "the card was spoiled");
}

std::string_view recordOf(OrderState next) {
    if (next == OrderState::OnHold) return "order put on hold";
    if (next == OrderState::Cancelled) return "order cancelled";
    return "order waits for a card again";
}

/// Its batch was held or cancelled while it was being made, and no other card is made of it.
OrderState obeyItsBatch(Store& store, const OrderId& order, OrderState now, const std::string& act,
                        const std::string& why) {
    const auto wanted =
        act == nameOf(Decision::Act::Cancel) ? OrderState::Cancelled : OrderState::OnHold;
    if (act.empty() || now == wanted) return now;
    store.moveOrder(order, wanted, why);
    store.appendAudit("station", recordOf(wanted), order.value(), "as all of its batch: " + why);
    if (wanted == OrderState::OnHold) {
        store.execute("UPDATE orders SET batch_act=?, batch_why=? WHERE id=?", act, why,
                      order.value());
    }
    return wanted;
}

/// Gives what the order is then. `why` is kept in the audit chain; `reason` stands with the order,
/// where one that waits has none.
OrderState unbindOrder(Store& store, const OrderId& order, OrderState next, std::string_view reason,
                       std::string_view why) {
    store.execute(
        "UPDATE orders SET spare_number=number, spare_letter=letter, chip=NULL, number=NULL, "
        "letter=NULL WHERE id=?",
        order.value());
    auto rows = store.select("SELECT batch_act, batch_why FROM orders WHERE id=?", order.value());
    rows.moveFirst();
    const auto act = textAt(rows, "batch_act"), decided = textAt(rows, "batch_why");
    store.moveOrder(order, next, reason);
    store.appendAudit("station", recordOf(next), order.value(), why);
    return obeyItsBatch(store, order, next, act, decided);
}

constexpr const char* Unsigned =
    "FROM audit WHERE sequence > (SELECT coalesce(max(sequence), 0) FROM audit_heads)";

std::string whyUnsigned(Store& store, std::size_t records) {
    const auto many = counted(records, "record");
    auto restored =
        store.select(std::string{"SELECT 1 "} + Unsigned + " AND act=? LIMIT 1", LedgerRestored);
    if (restored.moveFirst())
        return "the ledger came back from a backup, and " + many + " of it had no signature yet";
    if (!store.select("SELECT 1 FROM audit_heads LIMIT 1").moveFirst())
        return "no station had signed this ledger before: " + many;
    return "the station stopped before it signed " + many;
}

/// What stood in the ledger without a signature while no station ran: who could write the file
/// could write it anew, and nobody would see it. The next head covers it whatever it says.
void recordUnsigned(Store& store) {
    auto rows = store.select(
        std::string{"SELECT min(sequence) AS first, max(sequence) AS last, count(*) AS records "} +
        Unsigned);
    const auto records = static_cast<std::size_t>(numberAt(rows, "records"));
    if (records == 0) return;
    const auto first = std::to_string(numberAt(rows, "first"));
    store.appendAudit("station", "records found unsigned",
                      first + " to " + std::to_string(numberAt(rows, "last")),
                      whyUnsigned(store, records));
}

void spoilChip(Store& store, const ChipSerial& chip, std::string_view reason, bool cardsFault) {
    store.moveCard(chip, CardState::Spoiled, reason);
    store.execute("UPDATE cards SET spoiled_times=spoiled_times+? WHERE serial=?",
                  cardsFault ? 1 : 0, chip.value());
    store.appendAudit("station", "card spoiled", chip.value(), reason);
}

}  // namespace

void Ledger::unclaim(const Claim& claim, OrderState next, std::string_view reason) {
    store_->whole([&] {
        store_->moveCard(claim.chip.serial, CardState::Blank, reason);
        store_->execute("UPDATE cards SET order_id=NULL WHERE serial=?", claim.chip.serial.value());
        unbindOrder(*store_, claim.order.id, next, reason, reason);
    });
}

void Ledger::spoil(const Claim& claim, OrderState next, std::string_view reason, bool cardsFault) {
    store_->whole([&] {
        wipeAttempt(*store_, claim.letter.value());
        spoilChip(*store_, claim.chip.serial, reason, cardsFault);
        unbindOrder(*store_, claim.order.id, next, reason, reason);
    });
}

std::vector<std::string> Ledger::recover() {
    store_->whole([&] { recordUnsigned(*store_); });
    return endWalks();
}

std::vector<std::string> Ledger::endWalks() {
    return store_->whole([&] {
        std::vector<std::string> done;
        auto rows = store_->select(std::string{OrderColumns} + "WHERE o.state='in-production'");
        for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
            const auto entry = orderAt(rows);
            const auto letter = entry.letter.value_or(LetterId{}).value();
            const auto chip = entry.chip.value_or(ChipSerial{});
            auto intents = store_->select("SELECT 1 FROM intents WHERE letter=? LIMIT 1", letter);
            const bool changed = intents.moveFirst();
            const auto* said = changed ? " is spoiled" : " is still blank";
            if (changed) {
                wipeAttempt(*store_, letter);
                spoilChip(*store_, chip, "the station stopped while it was being made", false);
            } else {
                store_->moveCard(chip, CardState::Blank,
                                 "the station stopped before it was changed");
                store_->execute("UPDATE cards SET order_id=NULL WHERE serial=?", chip.value());
            }
            const auto now = unbindOrder(*store_, entry.order.id, OrderState::Queued, "",
                                         "the station stopped; chip " + chip.value() + said);
            done.push_back("order " + entry.order.id.value() +
                           (now == OrderState::Queued ? " waits for a card again"
                                                      : " is " + std::string{nameOf(now)}) +
                           "; chip " + chip.value() + said);
        }
        return done;
    });
}

}  // namespace zegel::station
