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

void unbindOrder(Store& store, const OrderId& order, OrderState next, std::string_view reason) {
    store.execute(
        "UPDATE orders SET spare_number=number, spare_letter=letter, chip=NULL, number=NULL, "
        "letter=NULL WHERE id=?",
        order.value());
    store.moveOrder(order, next, reason);
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
        unbindOrder(*store_, claim.order.id, next, reason);
    });
}

void Ledger::spoil(const Claim& claim, OrderState next, std::string_view reason, bool cardsFault) {
    store_->whole([&] {
        wipeAttempt(*store_, claim.letter.value());
        spoilChip(*store_, claim.chip.serial, reason, cardsFault);
        unbindOrder(*store_, claim.order.id, next, reason);
    });
}

std::vector<std::string> Ledger::recover() {
    return store_->whole([&] {
        std::vector<std::string> done;
        auto rows = store_->select(std::string{OrderColumns} + "WHERE o.state='in-production'");
        for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
            const auto entry = orderAt(rows);
            const auto letter = entry.letter.value_or(LetterId{}).value();
            const auto chip = entry.chip.value_or(ChipSerial{});
            auto intents = store_->select("SELECT 1 FROM intents WHERE letter=? LIMIT 1", letter);
            const bool changed = intents.moveFirst();
            if (changed) {
                wipeAttempt(*store_, letter);
                spoilChip(*store_, chip, "the station stopped while it was being made", false);
            } else {
                store_->moveCard(chip, CardState::Blank,
                                 "the station stopped before it was changed");
                store_->execute("UPDATE cards SET order_id=NULL WHERE serial=?", chip.value());
            }
            unbindOrder(*store_, entry.order.id, OrderState::Queued, "");
            done.push_back("order " + entry.order.id.value() + " waits for a card again; chip " +
                           chip.value() + (changed ? " is spoiled" : " is still blank"));
        }
        return done;
    });
}

}  // namespace zegel::station
