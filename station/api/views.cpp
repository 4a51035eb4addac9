#include "station/api/views.h"

#include "station/ledger/dispatch_book.h"
#include "station/report/ledger_report.h"
#include "station/report/order_status_json.h"

namespace zegel::station {
namespace {

Poco::UInt64 count(std::size_t number) {
    return static_cast<Poco::UInt64>(number);
}

void setIfAny(Poco::JSON::Object& view, const char* name, const std::string& value) {
    if (!value.empty()) view.set(name, value);
}

}  // namespace

Poco::JSON::Object inOrder() {
    return Poco::JSON::Object{Poco::JSON_PRESERVE_KEY_ORDER};
}

Poco::JSON::Object viewOf(const BatchEntry& batch) {
    auto view = inOrder();
    view.set("batch", batch.id.value());
    view.set("acceptedAt", toRfc3339(batch.accepted));
    view.set("count", count(batch.orders + batch.refused));
    return view;
}

Poco::JSON::Object statesOf(const BatchEntry& batch,
                            const std::map<OrderState, std::size_t>& orders) {
    auto counts = orders;
    if (batch.refused > 0) counts[OrderState::Rejected] += batch.refused;
    auto view = inOrder();
    for (const auto& [state, number] : counts)
        view.set(std::string{nameOf(state)}, count(number));
    return view;
}

Poco::JSON::Object viewOf(const CardEntry& card) {
    auto view = inOrder();
    view.set("chipSerial", card.chip.serial.value());
    view.set("family", card.chip.family);
    view.set("firmware", card.chip.firmware);
    view.set("state", std::string{nameOf(card.state)});
    if (card.order) view.set("order", card.order->value());
    setIfAny(view, "reason", card.reason);
    view.set("spoiled", card.spoiledTimes);
    return view;
}

Poco::JSON::Object viewOf(const CertificateEntry& certificate) {
    auto view = inOrder();
    view.set("purpose", std::string{zegel::nameOf(certificate.purpose)});
    view.set("state", std::string{nameOf(certificate.state)});
    view.set("chipSerial", certificate.chip.value());
    setIfAny(view, "serial", certificate.serial);
    setIfAny(view, "revocationReason", certificate.revocationReason);
    if (certificate.der.empty()) return view;
    view.set("notBefore", toRfc3339(certificate.notBefore));
    view.set("notAfter", toRfc3339(certificate.notAfter));
    return view;
}

Poco::JSON::Object viewOf(const ReaderStatus& reader) {
    auto view = inOrder();
    view.set("reader", reader.reader.value());
    if (reader.carrier) {
        view.set("carrier", std::string{cardprofiles::nameOf(*reader.carrier)});
    }
    view.set("state", std::string{nameOf(reader.state)});
    view.set("message", reader.message);
    if (reader.fault) view.set("fault", std::string{zegel::nameOf(*reader.fault)});
    if (reader.order) view.set("order", reader.order->value());
    if (reader.chip) view.set("chip", reader.chip->value());
    view.set("made", reader.made);
    view.set("spoiled", reader.spoiled);
    return view;
}

Poco::JSON::Object viewOf(const LetterDesk::Shown& shown) {
    const auto& letter = shown.letter;
    auto view = inOrder();
    view.set("letter", letter.letter.value());
    view.set("state", std::string{nameOf(letter.state)});
    setIfAny(view, "template", shown.templateName);
    view.set("language", letter.language);
    setIfAny(view, "carrier", shown.carrier);
    view.set("edition", letter.edition);
    view.set("changed", toRfc3339(letter.changed));
    setIfAny(view, "reason", letter.reason);
    return view;
}

Poco::JSON::Object viewOf(const OpenMatter& matter) {
    auto view = inOrder();
    const bool doubt = matter.kind == OpenMatter::Kind::InDoubt;
    view.set("state", std::string{nameOf(matter.kind)});
    view.set("order", matter.order.value());
    view.set("purpose", std::string{zegel::nameOf(matter.purpose)});
    view.set(doubt ? "transaction" : "serial", matter.reference);
    view.set("refusals", matter.refusals);
    if (matter.nextTry) view.set("nextTry", toRfc3339(*matter.nextTry));
    view.set("said", matter.said);
    return view;
}

Poco::JSON::Object viewOf(const LoanEntry& loan) {
    auto view = inOrder();
    view.set("serial", loan.lent.serial);
    view.set("kind", loan.lent.kind);
    view.set("order", loan.order.value());
    view.set("lentAt", toRfc3339(loan.lentAt));
    view.set("lentBy", loan.lentBy);
    if (!loan.returnedAt) return view;
    view.set("returnedAt", toRfc3339(*loan.returnedAt));
    view.set("returnedTo", loan.returnedTo);
    setIfAny(view, "reason", loan.said);
    return view;
}

Poco::JSON::Object viewOf(const Awaited& awaited) {
    auto view = inOrder();
    view.set("order", awaited.order.value());
    view.set("dispatchedAt", toRfc3339(awaited.dispatched));
    setIfAny(view, "track", awaited.track);
    if (awaited.overdue) view.set("overdueSince", toRfc3339(*awaited.overdue));
    view.set("proposal", "revoke-card");
    return view;
}

Poco::JSON::Object viewOf(const AuditEntry& record) {
    auto view = inOrder();
    view.set("sequence", static_cast<Poco::Int64>(record.sequence));
    view.set("at", toRfc3339(record.at));
    view.set("who", record.who);
    view.set("act", record.act);
    view.set("subject", record.subject);
    view.set("why", record.why);
    view.set("digest", record.digest);
    return view;
}

std::optional<Poco::JSON::Object> batchShown(Ledger& ledger, const BatchId& batch) {
    const auto entry = ledger.batch(batch);
    if (!entry) return std::nullopt;
    auto view = viewOf(*entry);
    view.set("states", statesOf(*entry, ledger.orderCounts(batch)));
    return view;
}

Poco::JSON::Object orderOf(const BatchId& batch, const OrderStatus& order) {
    auto view = jsonOf(order);
    view.set("batch", batch.value());
    return view;
}

std::optional<Poco::JSON::Object> orderShown(Ledger& ledger, const OrderId& order) {
    const auto entry = ledger.order(order);
    if (!entry) {
        const auto refused = ledger.refusedOrder(order);
        if (!refused) return std::nullopt;
        return orderOf(refused->first.id, statusOf(refused->second, refused->first.accepted));
    }
    auto view = orderOf(entry->order.batch, statusOf(*entry));
    view.set("profile", entry->order.profile);
    view.set("groupId", entry->order.groupId);
    view.set("organisation", entry->order.subject.organisation);
    if (entry->letterState) setIfAny(view, "letterId", entry->letter->value());
    view.set("attempts", entry->attempts);
    if (const auto sending = ledger.dispatches().sending(order)) {
        view.set("dispatchedAt", toRfc3339(sending->at));
        view.set("dispatchedBy", sending->by);
        setIfAny(view, "track", sending->track);
    }
    Poco::JSON::Array loans;
    for (const auto& lent : ledger.dispatches().lentWith(order)) {
        auto loan = inOrder();
        loan.set("kind", lent.kind);
        loan.set("serial", lent.serial);
        loans.add(loan);
    }
    if (loans.size() > 0) view.set("loans", loans);
    view.set("certificates", viewsOf(ledger.certificates(order)));
    return view;
}

Answer unknown(const char* what, const Request& request) {
    return problem(404,
                   std::string{"no "} + what + " " + request.parameters.front() + " is known here",
                   request.id);
}

}  // namespace zegel::station
