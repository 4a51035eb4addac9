#include "station/api/given.h"
#include "station/api/handlers.h"
#include "station/api/views.h"
#include "station/report/ledger_report.h"
#include "station/report/order_status_json.h"

namespace zegel::station {
namespace {

Answer answerRefused(const BatchEntry& batch, const RefusedOrder& refused) {
    auto body = jsonOf(statusOf(refused, batch.accepted));
    body.set("batch", batch.id.value());
    return jsonAnswer(body);
}

Answer decide(const Workplace& place, const Request& request, Decision::Act act) {
    const auto given = givenIn(request);
    const OrderId order{request.parameters.front()};
    if (!place.ledger.order(order)) return unknown("order", request);
    auto body = inOrder();
    body.set("decision", given.id);
    body.set("outcome", place.decide({given.id, order, act, given.by, given.reason}));
    return jsonAnswer(body);
}

}  // namespace

Answer answerOrder(const Workplace& place, const Request& request) {
    const OrderId id{request.parameters.front()};
    const auto entry = place.ledger.order(id);
    if (!entry) {
        const auto refused = place.ledger.refusedOrder(id);
        return refused ? answerRefused(refused->first, refused->second) : unknown("order", request);
    }
    auto body = jsonOf(statusOf(*entry));
    body.set("batch", entry->order.batch.value());
    body.set("profile", entry->order.profile);
    body.set("groupId", entry->order.groupId);
    body.set("organisation", entry->order.subject.organisation);
    body.set("attempts", entry->attempts);
    body.set("certificates", viewsOf(place.ledger.certificates(id)));
    return jsonAnswer(body);
}

Answer answerCancel(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Cancel);
}

Answer answerHold(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Hold);
}

Answer answerRelease(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Release);
}

}  // namespace zegel::station
