#include "station/api/four_eyes.h"
#include "station/api/given.h"
#include "station/api/handlers.h"
#include "station/api/views.h"
#include "station/api/waiting.h"
#include "station/orders/receipt.h"

#include <sstream>

namespace zegel::station {

Answer answerExceptions(const Workplace& place, const Request& request) {
    Query query{request.query, {"limit"}};
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    return jsonAnswer(exceptionsShown(
        place.ledger, place.clock.now(), limit,
        {viewsOf(place.openMatters()), viewsOf(place.board.all()), viewsOf(place.refusedFiles()),
         viewsOf(place.waitedFor()), place.lettersToldWithin,
         [&](const Approval& approval) { return maySee(approval, request.client.roles); }}));
}

Answer answerVerdict(const Workplace& place, const Request& request) {
    const auto given = givenIn(request, {"serial", "certificate"});
    DoubtVerdict verdict{given.id, request.parameters.front(), given.serial, given.by,
                         given.reason};
    if (given.certificate) {
        if (const auto objection = takeCertificate(verdict, *given.certificate)) {
            throw Failure{Fault::OrderUnusable, "the body, " + objection->field + ": " +
                                                    objection->what +
                                                    "; correct it and send it again"};
        }
    }
    auto body = inOrder();
    body.set("decision", given.id);
    body.set("outcome", place.settleDoubt(verdict));
    return jsonAnswer(body);
}

Answer answerReceipt(const Workplace& place, const Request& request) {
    std::istringstream in{request.body};
    const auto receipt = readReceipt(in, "the body");
    const bool before = place.ledger.receipt(receipt.id).has_value();
    const auto entry = place.takeReceipt(receipt, personOf(request.client));
    auto body = inOrder();
    body.set("receipt", entry.id);
    body.set("accepted", entry.accepted);
    body.set("outcome", entry.outcome);
    if (entry.accepted && entry.order) body.set("order", entry.order->value());
    body.set("at", toRfc3339(entry.at));
    return jsonAnswer(body, before ? 200 : 201);
}

}  // namespace zegel::station
