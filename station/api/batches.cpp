#include "station/api/handlers.h"
#include "station/api/views.h"

namespace zegel::station {

Answer answerBatches(const Workplace& place, const Request& request) {
    Query query{request.query, {"after", "limit"}};
    const auto after = query.after();
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto page = place.ledger.batchesAfter(after, limit);
    Poco::JSON::Array list;
    for (const auto& entry : page.entries)
        list.add(viewOf(entry));
    auto body = inOrder();
    body.set("batches", list);
    if (page.next) body.set("next", *page.next);
    return jsonAnswer(body);
}

Answer answerBatch(const Workplace& place, const Request& request) {
    const Query query{request.query, {}};
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto batch = place.ledger.batch(BatchId{request.parameters.front()});
    if (!batch) return unknown("batch", request);
    auto body = viewOf(*batch);
    body.set("states", statesOf(*batch, place.ledger.orderCounts(batch->id)));
    return jsonAnswer(body);
}

}  // namespace zegel::station
