#include "station/api/given.h"
#include "station/api/handlers.h"
#include "station/api/views.h"
#include "station/orders/order_form.h"

namespace zegel::station {
namespace {

bool isLoanKind(std::string_view text) {
    return text == "reader" || text == "token";
}

Lent lentIn(const JsonNode& node, Complaints& complaints) {
    const StrictObject fields(node, "loan.", complaints, {"kind", "serial"});
    return {fields.text("kind", {.fits = isLoanKind, .form = "reader or token"}),
            fields.text("serial", LoanSerial)};
}

Dispatch dispatchIn(const Request& request) {
    Dispatch dispatch;
    dispatch.order = OrderId{request.parameters.front()};
    dispatch.by = request.client.who();
    readBody(request, [&](const JsonNode& top, Complaints& complaints) {
        const StrictObject fields(top, "", complaints, {"id", "track", "loan"});
        dispatch.id = fields.text("id", {.fits = isReference, .form = ReferenceForm});
        dispatch.track = fields.textIfAny("track", TrackNumber).value_or("");
        if (fields.find("loan") == nullptr) return;
        if (const auto* loan = fields.object("loan")) dispatch.loan = lentIn(*loan, complaints);
    });
    return dispatch;
}

Answer told(const std::string& id, Ledger::Settlement settlement, const std::string& outcome) {
    auto body = inOrder();
    body.set("decision", id);
    body.set("outcome",
             settlement == Ledger::Settlement::DoneBefore ? std::string{"already done"} : outcome);
    return jsonAnswer(body);
}

}  // namespace

Answer answerDispatch(const Workplace& place, const Request& request) {
    const auto dispatch = dispatchIn(request);
    if (!place.ledger.order(dispatch.order)) return unknown("order", request);
    const auto settlement = place.dispatch.dispatch(dispatch);
    if (settlement == Ledger::Settlement::Done)
        place.tell("order " + dispatch.order.value() + " dispatched by " + dispatch.by);
    return told(dispatch.id, settlement, "dispatched");
}

Answer answerCardReturned(const Workplace& place, const Request& request) {
    const auto given = givenIn(request);
    const auto& order = request.parameters.front();
    if (!place.ledger.order(OrderId{order})) return unknown("order", request);
    const auto settlement = place.dispatch.cardReturned({given.id, order, given.by, given.reason});
    if (settlement == Ledger::Settlement::Done)
        place.tell("the card of order " + order + " came back, by " + given.by + ": " +
                   given.reason);
    std::string outcome = "came back";
    for (const auto& lent : place.ledger.dispatches().lentWith(OrderId{order})) {
        outcome += "; " + lent.kind + " " + lent.serial +
                   ", lent with it, is still out: zegel loan returned " + lent.serial;
    }
    return told(given.id, settlement, outcome);
}

Answer answerLoans(const Workplace& place, const Request& request) {
    Query query{request.query, {"open", "after", "limit"}};
    const auto open = query.number("open", 0, 1, 0) == 1;
    const auto after = query.after();
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto loans = place.ledger.dispatches().loans(open, after, limit);
    auto body = inOrder();
    body.set("loans", viewsOf(loans));
    if (loans.size() == limit) body.set("next", static_cast<Poco::Int64>(loans.back().row));
    return jsonAnswer(body);
}

Answer answerLoanReturned(const Workplace& place, const Request& request) {
    const auto given = givenIn(request);
    const auto serial = place.ledger.dispatches().lentAs(request.parameters.front());
    if (!serial) return unknown("loan", request);
    return told(given.id, place.dispatch.loanReturned({given.id, *serial, given.by, given.reason}),
                *serial + " came back");
}

}  // namespace zegel::station
