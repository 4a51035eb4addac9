#include "station/ledger/dispatch_book.h"

#include "station/ledger/approved_acts.h"
#include "station/ledger/dispatch_steps.h"
#include "station/ledger/letter_steps.h"

namespace zegel::station {
namespace {

Failure refusal(const OrderId& order, const std::string& why) {
    return Failure{Fault::RequestRefused, "order " + order.value() + " " + why};
}

/// An order and its card, as they are now.
struct Standing {
    OrderState order{};
    CardState card{};
    ChipSerial chip;
    LetterId letter;
};

Standing standingOf(Store& store, const OrderId& order) {
    auto rows = store.select(
        "SELECT o.state, o.chip, o.letter, c.state AS card FROM orders o LEFT JOIN cards c ON "
        "c.serial=o.chip WHERE o.id=?",
        order.value());
    if (!rows.moveFirst()) {
        throw Failure{Fault::RequestRefused, "no order " + order.value() + " is known"};
    }
    const auto card = textAt(rows, "card");
    return {orderStateNamed(textAt(rows, "state")),
            card.empty() ? CardState::Blank : cardStateNamed(card),
            ChipSerial{textAt(rows, "chip")}, LetterId{textAt(rows, "letter")}};
}

std::optional<OrderId> lentTo(Store& store, std::string_view serial) {
    auto rows =
        store.select("SELECT order_id FROM loans WHERE serial=? AND returned IS NULL", serial);
    if (!rows.moveFirst()) return std::nullopt;
    return OrderId{textAt(rows, "order_id")};
}

void lend(Store& store, const Dispatch& dispatch) {
    const auto& lent = *dispatch.loan;
    if (const auto other = lentTo(store, lent.serial)) {
        throw Failure{Fault::RequestRefused, lent.kind + " " + lent.serial +
                                                 " is on loan with order " + other->value() +
                                                 ": book it in first, or correct the serial"};
    }
    store.execute("INSERT INTO loans(serial, kind, order_id, lent, lent_by) VALUES(?,?,?,?,?)",
                  lent.serial, lent.kind, dispatch.order.value(), store.now(), dispatch.by);
    auto event = eventOf(store, dispatch.order, "loan", lent.serial);
    event.after = "lent";
    event.reason = lent.kind;
    store.tell(event);
    store.appendAudit(dispatch.by, lent.kind + " lent", lent.serial,
                      "with order " + dispatch.order.value());
}

void expectDispatchable(const OrderId& order, const Standing& standing) {
    if (standing.order != OrderState::Produced) {
        throw refusal(order, "is " + std::string{nameOf(standing.order)} +
                                 ": only one that is produced can be dispatched");
    }
    if (!mayBecome(standing.card, CardState::Dispatched)) {
        throw refusal(order, "has a card that is " + std::string{nameOf(standing.card)} +
                                 ": it must not be sent");
    }
}

/// A card that may be revoked tomorrow does not leave today.
void expectNothingWaits(Store& store, const OrderId& order, const LetterId& letter) {
    auto asked = waitingApproval(store, "revoke-card", order.value(), store.now());
    if (!asked) asked = waitingApproval(store, "reissue-codes", letter.value(), store.now());
    if (!asked) return;
    throw refusal(order, "has a card that is to be revoked once approval " + *asked +
                             " is granted: let a second person answer that first");
}

LoanEntry loanAt(Poco::Data::RecordSet& rows) {
    LoanEntry loan;
    loan.row = numberAt(rows, "row");
    loan.lent = {textAt(rows, "kind"), textAt(rows, "serial")};
    loan.order = OrderId{textAt(rows, "order_id")};
    loan.lentAt = timeAt(rows, "lent");
    loan.lentBy = textAt(rows, "lent_by");
    if (numberAt(rows, "returned") != 0) loan.returnedAt = timeAt(rows, "returned");
    loan.returnedTo = textAt(rows, "returned_to");
    loan.said = textAt(rows, "said");
    return loan;
}

}  // namespace

DispatchBook Ledger::dispatches() {
    return DispatchBook{*store_};
}

Ledger::Settlement DispatchBook::dispatch(const Dispatch& dispatch, bool releasing,
                                          const std::vector<NoteText>& notes) {
    const auto& order = dispatch.order;
    const auto lent = dispatch.loan.value_or(Lent{});
    return store_.whole([&] {
        if (store_.decidedBefore(
                "dispatch " + dispatch.id,
                {order.value(), dispatch.track, lent.kind, lent.serial, dispatch.by})) {
            return Ledger::Settlement::DoneBefore;
        }
        const auto standing = standingOf(store_, order);
        expectDispatchable(order, standing);
        expectNothingWaits(store_, order, standing.letter);
        store_.moveOrder(order, OrderState::Dispatched, "");
        store_.moveCard(standing.chip, CardState::Dispatched, "");
        store_.execute(
            "INSERT OR REPLACE INTO dispatches(order_id, at, sent_by, track) VALUES(?,?,?,?)",
            order.value(), store_.now(), dispatch.by, dispatch.track);
        store_.appendAudit(dispatch.by, "card dispatched", order.value(),
                           dispatch.track.empty() ? "" : "track and trace " + dispatch.track);
        if (dispatch.loan) lend(store_, dispatch);
        if (releasing && stateOfLetter(store_, standing.letter) == LetterState::Held)
            releaseLetter(store_, standing.letter, "dispatch " + dispatch.id);
        forgetThatItsCardCameBack(store_, standing.letter);
        for (const auto& note : notes)
            insertNote(store_, order, note);
        return Ledger::Settlement::Done;
    });
}

Ledger::Settlement DispatchBook::cardReturned(const Arrival& arrival) {
    const OrderId order{arrival.what};
    return store_.whole([&] {
        if (store_.decidedBefore("card return " + arrival.id,
                                 {arrival.what, arrival.by, arrival.why})) {
            return Ledger::Settlement::DoneBefore;
        }
        const auto standing = standingOf(store_, order);
        if (!mayBecome(standing.card, CardState::Returned)) {
            throw refusal(order,
                          "has " +
                              (standing.chip.value().empty()
                                   ? std::string{"no card"}
                                   : "a card that is " + std::string{nameOf(standing.card)}) +
                              ": only one that was sent can come back");
        }
        if (mayBecome(standing.order, OrderState::Produced)) {
            store_.moveOrder(order, OrderState::Produced, arrival.why);
            store_.execute("DELETE FROM dispatches WHERE order_id=?", order.value());
            holdWhileItsCardIsHere(store_, standing.letter);
        }
        store_.moveCard(standing.chip, CardState::Returned, arrival.why);
        store_.appendAudit(arrival.by, "card came back", order.value(), arrival.why);
        return Ledger::Settlement::Done;
    });
}

std::vector<LoanEntry> DispatchBook::loans(bool open, std::int64_t after, std::size_t limit) {
    return store_.reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM loans WHERE row>? AND (returned IS NULL OR ?=0) "
                                   "ORDER BY row LIMIT ?",
                                   after, open ? 1 : 0, limit),
                     loanAt);
    });
}

std::optional<std::string> DispatchBook::lentAs(std::string_view serial) {
    return store_.reading([&](Connection& beside) -> std::optional<std::string> {
        auto rows = beside.select(
            "SELECT serial FROM loans WHERE serial=? ORDER BY row DESC LIMIT 1", serial);
        if (!rows.moveFirst()) return std::nullopt;
        return textAt(rows, "serial");
    });
}

std::vector<Lent> DispatchBook::lentWith(const OrderId& order) {
    return store_.reading([&](Connection& beside) {
        return allOf(
            beside.select("SELECT kind, serial FROM loans WHERE order_id=? AND returned IS "
                          "NULL ORDER BY row",
                          order.value()),
            [](Poco::Data::RecordSet& rows) {
                return Lent{textAt(rows, "kind"), textAt(rows, "serial")};
            });
    });
}

std::optional<Sending> DispatchBook::sending(const OrderId& order) {
    return store_.reading([&](Connection& beside) -> std::optional<Sending> {
        auto rows = beside.select("SELECT at, sent_by, track FROM dispatches WHERE order_id=?",
                                  order.value());
        if (!rows.moveFirst()) return std::nullopt;
        return Sending{timeAt(rows, "at"), textAt(rows, "sent_by"), textAt(rows, "track")};
    });
}

Ledger::Settlement DispatchBook::loanReturned(const Arrival& arrival) {
    return store_.whole([&] {
        if (store_.decidedBefore("loan return " + arrival.id,
                                 {arrival.what, arrival.by, arrival.why})) {
            return Ledger::Settlement::DoneBefore;
        }
        const auto order = lentTo(store_, arrival.what);
        if (!order) {
            throw Failure{Fault::RequestRefused,
                          "nothing with the serial " + arrival.what + " is on loan now"};
        }
        auto event = eventOf(store_, *order, "loan", arrival.what);
        event.before = "lent";
        event.after = "returned";
        event.reason = arrival.why;
        store_.execute(
            "UPDATE loans SET returned=?, returned_to=?, said=? WHERE serial=? AND returned IS "
            "NULL",
            store_.now(), arrival.by, arrival.why, arrival.what);
        store_.tell(event);
        store_.appendAudit(arrival.by, "loan came back", arrival.what, arrival.why);
        return Ledger::Settlement::Done;
    });
}

}  // namespace zegel::station
