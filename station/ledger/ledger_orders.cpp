#include "drivers/base/told.h"
#include "station/ledger/ledger.h"
#include "station/ledger/repeated.h"
#include "station/ledger/store.h"
#include "station/ledger/taken_in_words.h"

namespace zegel::station {
namespace {

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines)
        text += (text.empty() ? "" : "\n") + line;
    return text;
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at <= text.size() && !text.empty();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return lines;
}

std::optional<std::string> optionalAt(Poco::Data::RecordSet& rows, std::string_view column) {
    auto text = textAt(rows, column);
    if (text.empty()) return std::nullopt;
    return text;
}

/// Inserts the orders of a batch; an id that another order has is not inserted.
class OrderRows {
public:
    explicit OrderRows(Store& store)
        : now_(store.now()),
          insert_(store.session,
                  "INSERT INTO orders(id, batch, position, profile, group_id, country, "
                  "organisation, kvk, group_name, oin, manager, manager_organisation, street, "
                  "postcode, town, manager_country, email, language, state, changed) "
                  "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO NOTHING") {}

    bool insert(const Order& order, std::size_t position) {
        const auto& subject = order.subject;
        const auto& manager = order.manager;
        return insert_(order.id.value(), order.batch.value(), position, order.profile,
                       order.groupId, subject.country, subject.organisation, subject.kvkNumber,
                       subject.group, subject.oin.value_or(""), manager.name, manager.organisation,
                       joined(manager.street), manager.postcode, manager.town, manager.country,
                       manager.email.value_or(""), order.language, nameOf(OrderState::Queued),
                       now_) == 1;
    }

private:
    std::int64_t now_;
    Repeated insert_;
};

void insertRefused(Store& store, const BatchId& batch, const RefusedOrder& refused) {
    store.execute("INSERT INTO refused(batch, position, line, id, reason) VALUES(?,?,?,?,?)",
                  batch.value(), refused.position, refused.line, refused.id.value(),
                  refused.reason);
}

RefusedOrder knownBefore(Store& store, const OrderId& order, std::size_t position) {
    auto rows = store.select("SELECT batch FROM orders WHERE id=?", order.value());
    const auto batch = rows.moveFirst() ? textAt(rows, "batch") : std::string{"unknown"};
    return {order, position, 0,
            "order " + order.value() + " was accepted before, in batch " + batch +
                "; an order is made once: give the new one an id of its own" +
                lookUp(Fault::OrderUnusable)};
}

/// One event for the batch, in which its orders begin, and one for each order that was not taken.
void tellAccepted(Store& store, const Batch& batch, const std::vector<RefusedOrder>& notTaken) {
    EventEntry event;
    event.kind = "batch";
    event.subject = event.batch = batch.id.value();
    event.after = "accepted";
    event.orders = batch.orders.size() + batch.refused.size() - notTaken.size();
    event.refused = notTaken.size();
    store.tell(event);
    for (const auto& refused : notTaken) {
        EventEntry one;
        one.kind = "order";
        // The id of an order that is being made is that order's: this one goes by its place.
        auto living = store.select("SELECT 1 FROM orders WHERE id=?", refused.id.value());
        one.subject = one.order = living.moveFirst()
                                      ? batch.id.value() + "#" + std::to_string(refused.position)
                                      : refused.id.value();
        one.batch = batch.id.value();
        one.after = "refused";
        one.reason = refused.reason;
        store.tell(one);
    }
}

}  // namespace

const char* const BatchColumns =
    "SELECT b.rowid AS row, b.id, b.accepted, b.orders, b.refused FROM batches b ";

BatchEntry batchAt(Poco::Data::RecordSet& rows) {
    return {BatchId{textAt(rows, "id")}, static_cast<std::size_t>(numberAt(rows, "orders")),
            static_cast<std::size_t>(numberAt(rows, "refused")), timeAt(rows, "accepted")};
}

const char* const OrderColumns =
    "SELECT o.*, l.state AS letter_state FROM orders o LEFT JOIN letters l ON l.id=o.letter ";

OrderEntry orderAt(Poco::Data::RecordSet& rows) {
    OrderEntry entry;
    auto& order = entry.order;
    order.id = OrderId{textAt(rows, "id")};
    order.batch = BatchId{textAt(rows, "batch")};
    order.profile = textAt(rows, "profile");
    order.groupId = textAt(rows, "group_id");
    order.subject = {textAt(rows, "country"), textAt(rows, "organisation"), textAt(rows, "kvk"),
                     textAt(rows, "group_name"), optionalAt(rows, "oin")};
    order.manager = {textAt(rows, "manager"),       textAt(rows, "manager_organisation"),
                     split(textAt(rows, "street")), textAt(rows, "postcode"),
                     textAt(rows, "town"),          textAt(rows, "manager_country"),
                     optionalAt(rows, "email")};
    order.language = textAt(rows, "language");
    entry.position = static_cast<std::size_t>(numberAt(rows, "position"));
    entry.state = orderStateNamed(textAt(rows, "state"));
    entry.reason = textAt(rows, "reason");
    entry.attempts = static_cast<int>(numberAt(rows, "attempts"));
    if (auto chip = optionalAt(rows, "chip")) entry.chip = ChipSerial{*chip};
    if (auto number = optionalAt(rows, "number")) entry.number = CertificateNumber{*number};
    if (auto letter = optionalAt(rows, "letter")) entry.letter = LetterId{*letter};
    if (auto state = optionalAt(rows, "letter_state")) entry.letterState = letterStateNamed(*state);
    entry.changed = timeAt(rows, "changed");
    return entry;
}

RefusedOrder refusedAt(Poco::Data::RecordSet& rows) {
    return {OrderId{textAt(rows, "id")}, static_cast<std::size_t>(numberAt(rows, "position")),
            static_cast<std::size_t>(numberAt(rows, "line")), textAt(rows, "reason")};
}

Ledger::Acceptance Ledger::accept(const Batch& batch, std::string_view digest,
                                  std::string_view client) {
    return store_->whole([&] {
        auto known = store_->select("SELECT digest FROM batches WHERE id=?", batch.id.value());
        if (known.moveFirst()) {
            if (textAt(known, "digest") == digest) return Acceptance::KnownAlready;
            throw Failure{
                Fault::RequestRefused,
                "batch " + batch.id.value() +
                    " was accepted before with other content; nothing was taken from this "
                    "one: send it under a new batch id"};
        }
        store_->execute("INSERT INTO batches(id, digest, accepted) VALUES(?,?,?)", batch.id.value(),
                        digest, store_->now());
        auto notTaken = batch.refused;
        std::set<std::size_t> taken;
        for (const auto& refused : batch.refused) {
            insertRefused(*store_, batch.id, refused);
            taken.insert(refused.position);
        }
        OrderRows rows{*store_};
        std::size_t position = 0;
        for (const auto& order : batch.orders) {
            do
                ++position;
            while (taken.contains(position));
            if (rows.insert(order, position)) continue;
            notTaken.push_back(knownBefore(*store_, order.id, position));
            insertRefused(*store_, batch.id, notTaken.back());
        }
        const auto queued = batch.orders.size() + batch.refused.size() - notTaken.size();
        store_->execute("UPDATE batches SET orders=?, refused=? WHERE id=?", queued,
                        notTaken.size(), batch.id.value());
        store_->execute("INSERT INTO batch_states(batch, state, orders) VALUES(?,?,?)",
                        batch.id.value(), nameOf(OrderState::Queued), queued);
        store_->changedBatches.insert(batch.id.value());
        tellAccepted(*store_, batch, notTaken);
        const bool overApi = !client.empty();
        store_->appendAudit(overApi ? client : "order system", "batch accepted", batch.id.value(),
                            takenInWords(batch, notTaken.size()) +
                                (overApi ? "; sent over the API" : "; from the watched folder"));
        return Acceptance::Accepted;
    });
}

std::vector<BatchEntry> Ledger::batches() {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select(std::string{BatchColumns} + "ORDER BY b.accepted, b.id"),
                     batchAt);
    });
}

std::optional<BatchEntry> Ledger::batch(const BatchId& id) {
    return store_->reading([&](Connection& beside) -> std::optional<BatchEntry> {
        auto rows = beside.select(std::string{BatchColumns} + "WHERE b.id=?", id.value());
        if (!rows.moveFirst()) return std::nullopt;
        return batchAt(rows);
    });
}

std::vector<OrderEntry> Ledger::orders(const BatchId& batch) {
    return store_->reading([&](Connection& beside) {
        return allOf(
            beside.select(std::string{OrderColumns} + "WHERE o.batch=? ORDER BY o.position",
                          batch.value()),
            orderAt);
    });
}

std::optional<OrderEntry> Ledger::order(const OrderId& id) {
    return store_->reading([&](Connection& beside) -> std::optional<OrderEntry> {
        auto rows = beside.select(std::string{OrderColumns} + "WHERE o.id=?", id.value());
        if (!rows.moveFirst()) return std::nullopt;
        return orderAt(rows);
    });
}

std::vector<RefusedOrder> Ledger::refused(const BatchId& batch) {
    return store_->reading([&](Connection& beside) {
        return allOf(
            beside.select("SELECT * FROM refused WHERE batch=? ORDER BY position", batch.value()),
            refusedAt);
    });
}

std::vector<BatchId> Ledger::takeChangedBatches() {
    std::set<std::string> taken;
    store_->whole([&] { taken.merge(store_->changedBatches); });  // keeps them if it is run again
    return {taken.begin(), taken.end()};
}

}  // namespace zegel::station
