#include "drivers/base/counted.h"
#include "drivers/base/told.h"
#include "station/ledger/dispatch_steps.h"
#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

#include <array>

namespace zegel::station {
namespace {

/// Why an order is on hold: all of its batch is.
constexpr std::string_view HeldByBatch = "hold";

struct OrderAct {
    OrderState next;
    std::string_view record;
    std::string_view ofBatch;  ///< the record, when it is for all of a batch
};

OrderAct actOf(Decision::Act act) {
    switch (act) {
        case Decision::Act::Hold: return {OrderState::OnHold, "order held", "batch held"};
        case Decision::Act::Release:
            return {OrderState::Queued, "held order released", "held batch released"};
        case Decision::Act::Cancel:
            return {OrderState::Cancelled, "order cancelled", "batch cancelled"};
        case Decision::Act::Reject: return {OrderState::Rejected, "order rejected", {}};
    }
    throw Failure{Fault::Defect, "a decision without an act"};
}

/// Release is for what is held, hold for what is queued, cancel and reject for either.
bool allows(Decision::Act act, std::string_view state) {
    const bool held = state == nameOf(OrderState::OnHold);
    const bool queued = state == nameOf(OrderState::Queued);
    switch (act) {
        case Decision::Act::Hold: return queued;
        case Decision::Act::Release: return held;
        case Decision::Act::Cancel:
        case Decision::Act::Reject: return held || queued;
    }
    return false;
}

std::string_view wantedFor(Decision::Act act) {
    switch (act) {
        case Decision::Act::Hold: return "only one that is queued can be held";
        case Decision::Act::Release: return "only one that is on hold can be released";
        case Decision::Act::Cancel: return "only one that is queued or on hold can be cancelled";
        case Decision::Act::Reject: return "only one that is queued or on hold can be rejected";
    }
    return {};
}

std::string_view whatMayBeDoneInstead(std::string_view state) {
    if (state == nameOf(OrderState::Queued)) return "it may be held, cancelled or rejected";
    if (state == nameOf(OrderState::OnHold)) return "it may be released, cancelled or rejected";
    if (state == nameOf(OrderState::InProduction)) {
        return "its card is being made now, so wait for how that ends";
    }
    return "nothing can be decided about it any more";
}

/// Stands with the order, where one that waits has none.
std::string reasonAfter(const Decision& decision) {
    return decision.act == Decision::Act::Release ? "" : decision.why + " (" + decision.by + ")";
}

/// What the station has to say of an order that it never took.
Failure noSuchOrder(Store& store, const OrderId& order) {
    auto rows = store.select("SELECT batch, reason FROM refused WHERE id=? ORDER BY rowid DESC",
                             order.value());
    if (!rows.moveFirst()) {
        return Failure{Fault::RequestRefused, "no order " + order.value() + " is known"};
    }
    auto reason = textAt(rows, "reason");
    const auto word = lookUp(Fault::OrderUnusable);  // this refusal gets one of its own
    if (reason.ends_with(word)) reason.resize(reason.size() - word.size());
    return Failure{Fault::RequestRefused,
                   "order " + order.value() + " of batch " + textAt(rows, "batch") +
                       " was not taken, so there is nothing to decide: " + reason};
}

std::optional<std::string> stateOfOrder(Store& store, const OrderId& order) {
    auto rows = store.select("SELECT state FROM orders WHERE id=?", order.value());
    if (!rows.moveFirst()) return std::nullopt;
    return textAt(rows, "state");
}

void expectBatch(Store& store, const BatchId& batch) {
    auto rows = store.select("SELECT 1 FROM batches WHERE id=?", batch.value());
    if (rows.moveFirst()) return;
    throw Failure{Fault::RequestRefused, "no batch " + batch.value() + " is known"};
}

/// Those that the act is for. What the station itself put on hold, or a person one by one, is
/// released one by one: somebody has to look first (after a restore, whether it was made).
std::vector<OrderId> waitingOf(Store& store, const BatchId& batch, Decision::Act act) {
    const auto ids = [](Poco::Data::RecordSet& rows) { return OrderId{textAt(rows, "id")}; };
    if (act == Decision::Act::Release) {
        return allOf(store.select("SELECT id FROM orders WHERE batch=? AND state=? AND batch_act=? "
                                  "ORDER BY position",
                                  batch.value(), nameOf(OrderState::OnHold), HeldByBatch),
                     ids);
    }
    const auto alsoHeld = act == Decision::Act::Cancel ? OrderState::OnHold : OrderState::Queued;
    return allOf(store.select("SELECT id FROM orders WHERE batch=? AND state IN (?,?) ORDER BY "
                              "position",
                              batch.value(), nameOf(OrderState::Queued), nameOf(alsoHeld)),
                 ids);
}

std::size_t countIn(Poco::Data::RecordSet rows) {
    return rows.moveFirst() ? static_cast<std::size_t>(numberAt(rows, "orders")) : 0;
}

/// What was said of all of a batch may stand with an order that is being made: these are the
/// sayings that an act takes the place of. What a cancel said no hold takes back.
std::array<std::string_view, 3> replacedBy(Decision::Act act) {
    if (act == Decision::Act::Release) return {HeldByBatch, HeldByBatch, HeldByBatch};
    if (act == Decision::Act::Hold) return {"", HeldByBatch, HeldByBatch};
    return {"", HeldByBatch, nameOf(Decision::Act::Cancel)};
}

/// Their cards are finished; only where one fails the order is what its batch is. Gives how many.
std::size_t markBeingMade(Store& store, const Decision& decision) {
    const auto& batch = decision.batch.value().value();
    const auto made = nameOf(OrderState::InProduction);
    const auto before = replacedBy(decision.act);
    const bool release = decision.act == Decision::Act::Release;
    return static_cast<std::size_t>(store.execute(
        "UPDATE orders SET batch_act=?, batch_why=? WHERE batch=? AND state=? AND batch_act IN "
        "(?,?,?)",
        release ? std::string_view{} : nameOf(decision.act), reasonAfter(decision), batch, made,
        before[0], before[1], before[2]));
}

std::size_t keptOnHold(Store& store, const Decision& decision) {
    if (decision.act != Decision::Act::Release) return 0;
    return countIn(store.select(
        "SELECT count(*) AS orders FROM orders WHERE batch=? AND state=? AND batch_act<>?",
        decision.batch.value().value(), nameOf(OrderState::OnHold), HeldByBatch));
}

std::string inWords(const Ledger::BatchDecided& done) {
    auto words = counted(done.orders, "order");
    if (done.beingMade > 0) words += ", " + std::to_string(done.beingMade) + " being made";
    if (done.kept > 0) words += ", " + std::to_string(done.kept) + " stay on hold";
    return words;
}

Failure nothingFor(const Decision& decision, std::size_t kept) {
    const auto& batch = decision.batch.value().value();
    if (decision.act == Decision::Act::Release) {
        return Failure{Fault::RequestRefused,
                       "batch " + batch + " was not held as a whole" +
                           (kept > 0 ? ": its " + counted(kept, "order") +
                                           " on hold stay so, each for a reason of its own: zegel "
                                           "orders --batch " +
                                           batch + " --state on-hold"
                                     : " and has no order on hold")};
    }
    return Failure{Fault::RequestRefused, "of batch " + batch + " no order waits: " +
                                              std::string{wantedFor(decision.act)}};
}

void expectReader(Store& store, const ReaderName& reader, const std::set<ReaderName>& present) {
    if (present.contains(reader)) return;
    auto rows = store.select("SELECT 1 FROM readers WHERE name=?", reader.value());
    if (rows.moveFirst()) return;
    std::string names;
    for (const auto& name : present)
        names += (names.empty() ? "" : ", ") + ('"' + name.value() + '"');
    throw Failure{Fault::RequestRefused,
                  "no reader \"" + reader.value() + "\" is known; " +
                      (names.empty() ? "no reader is connected" : "there are " + names)};
}

}  // namespace

Ledger::Settlement Ledger::decide(const Decision& decision) {
    return decide(decision, [] { return std::vector<NoteText>{}; });
}

Ledger::Settlement Ledger::decide(const Decision& decision,
                                  const std::function<std::vector<NoteText>()>& notices) {
    const auto& order = decision.order;
    const auto word = std::string{nameOf(decision.act)};
    return store_->whole([&] {
        if (store_->decidedBefore("decision " + decision.id,
                                  {order.value(), word, decision.by, decision.why})) {
            return Settlement::DoneBefore;
        }
        const auto state = stateOfOrder(*store_, order);
        if (!state) throw noSuchOrder(*store_, order);
        if (!allows(decision.act, *state)) {
            throw Failure{Fault::RequestRefused, "order " + order.value() + " is " + *state + ": " +
                                                     std::string{wantedFor(decision.act)} + "; " +
                                                     std::string{whatMayBeDoneInstead(*state)}};
        }
        const auto act = actOf(decision.act);
        store_->moveOrder(order, act.next, reasonAfter(decision));
        store_->execute("UPDATE orders SET unanswered=0 WHERE id=?", order.value());
        store_->appendAudit(decision.by, act.record, order.value(), decision.why);
        for (const auto& notice : notices())
            insertNote(*store_, order, notice);
        return Settlement::Done;
    });
}

Ledger::BatchDecided Ledger::decideForBatch(const Decision& decision) {
    const auto& batch = decision.batch.value();
    const auto act = actOf(decision.act);
    return store_->whole([&]() -> BatchDecided {
        if (store_->decidedBefore(
                "decision " + decision.id,
                {"batch " + batch.value(), nameOf(decision.act), decision.by, decision.why})) {
            return {Settlement::DoneBefore};
        }
        expectBatch(*store_, batch);
        const auto orders = waitingOf(*store_, batch, decision.act);
        const auto beingMade = markBeingMade(*store_, decision);
        const BatchDecided done{Settlement::Done, orders.size(), beingMade,
                                keptOnHold(*store_, decision)};
        if (orders.empty() && beingMade == 0) throw nothingFor(decision, done.kept);
        for (const auto& order : orders) {
            store_->moveOrder(order, act.next, reasonAfter(decision));
            store_->execute("UPDATE orders SET unanswered=0, batch_act=? WHERE id=?",
                            decision.act == Decision::Act::Hold ? HeldByBatch : "", order.value());
        }
        store_->appendAudit(decision.by, act.ofBatch, batch.value(),
                            decision.why + "; " + inWords(done));
        return done;
    });
}

void Ledger::holdOrdersOf(std::string_view profile, std::string_view reason) {
    store_->whole([&] {
        auto rows = store_->select("SELECT id FROM orders WHERE state=? AND profile=?",
                                   nameOf(OrderState::Queued), profile);
        for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
            const OrderId order{textAt(rows, "id")};
            store_->moveOrder(order, OrderState::OnHold, reason);
            store_->appendAudit("station", "order put on hold", order.value(), reason);
        }
    });
}

ReaderRule Ledger::readerRule(const ReaderName& reader) {
    return store_->whole([&] {
        auto rows = store_->select("SELECT * FROM readers WHERE name=?", reader.value());
        ReaderRule rule;
        if (!rows.moveFirst()) return rule;
        if (auto batch = textAt(rows, "batch"); !batch.empty()) rule.batch = BatchId{batch};
        rule.setAside = textAt(rows, "set_aside");
        return rule;
    });
}

void Ledger::setReaderAside(const ReaderName& reader, std::string_view reason) {
    store_->whole([&] {
        store_->execute("INSERT OR IGNORE INTO readers(name, batch, set_aside) VALUES(?,'','')",
                        reader.value());
        store_->execute("UPDATE readers SET set_aside=? WHERE name=?", reason, reader.value());
        store_->appendAudit("station", "reader set aside", reader.value(), reason);
    });
}

Ledger::Settlement Ledger::decide(const ReaderDecision& decision,
                                  const std::set<ReaderName>& present) {
    const auto& reader = decision.reader.value();
    const auto batch = decision.batch ? decision.batch->value() : std::string{};
    const auto word = std::string{nameOf(decision.act)};
    return store_->whole([&] {
        if (store_->decidedBefore("reader decision " + decision.id,
                                  {reader, word, batch, decision.by, decision.why})) {
            return Settlement::DoneBefore;
        }
        expectReader(*store_, decision.reader, present);
        if (decision.batch) expectBatch(*store_, *decision.batch);
        store_->execute("INSERT OR IGNORE INTO readers(name, batch, set_aside) VALUES(?,'','')",
                        reader);
        if (decision.act == ReaderDecision::Act::Resume) {
            store_->execute("UPDATE readers SET set_aside='' WHERE name=?", reader);
        } else {
            store_->execute("UPDATE readers SET batch=? WHERE name=?", batch, reader);
        }
        const auto record = "reader " + word + (batch.empty() ? "" : " to batch " + batch);
        store_->appendAudit(decision.by, record, reader, decision.why);
        return Settlement::Done;
    });
}

}  // namespace zegel::station
