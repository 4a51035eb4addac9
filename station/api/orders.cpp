#include "station/api/given.h"
#include "station/api/handlers.h"
#include "station/api/views.h"

namespace zegel::station {
namespace {

Answer decide(const Workplace& place, const Request& request, Decision::Act act) {
    const auto given = givenIn(request);
    const OrderId order{request.parameters.front()};
    if (!place.ledger.order(order)) return unknown("order", request);
    return decided(place, given, {{}, order, act, {}, {}});
}

}  // namespace

Answer answerOrder(const Workplace& place, const Request& request) {
    const auto order = orderShown(place.ledger, OrderId{request.parameters.front()});
    return order ? jsonAnswer(*order) : unknown("order", request);
}

Answer answerCancel(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Cancel);
}

Answer answerReject(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Reject);
}

Answer answerHold(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Hold);
}

Answer answerRelease(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Release);
}

}  // namespace zegel::station
