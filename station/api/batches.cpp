#include "station/api/given.h"
#include "station/api/handlers.h"
#include "station/api/views.h"
#include "station/report/ledger_report.h"
#include "station/report/order_status_json.h"

#include <fstream>
#include <system_error>

namespace zegel::station {
namespace {

std::string batchPath(const BatchId& batch) {
    return "/v1/batches/" + batch.value();  // a reference needs no encoding
}

Answer decide(const Workplace& place, const Request& request, Decision::Act act) {
    const auto given = givenIn(request);
    const BatchId batch{request.parameters.front()};
    if (!place.ledger.batch(batch)) return unknown("batch", request);
    return decided(place, given, {{}, {}, act, {}, {}, batch});
}

}  // namespace

Answer answerCancelBatch(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Cancel);
}

Answer answerHoldBatch(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Hold);
}

Answer answerReleaseBatch(const Workplace& place, const Request& request) {
    return decide(place, request, Decision::Act::Release);
}

/// Under its own words: the file is the station's, and whoever sent it never saw its name.
BatchTaken taken(const Workplace& place, const Request& request) {
    try {
        return place.takeBatch(request.spooled, request.client.who());
    } catch (const Failure& failure) {
        std::string words = failure.what();
        const auto file = request.spooled.filename().string();
        const auto at = words.find(file);
        if (at == std::string::npos) throw;
        throw Failure{failure.fault(), words.replace(at, file.size(), "the batch sent")};
    }
}

Answer answerNewBatch(const Workplace& place, const Request& request) {
    const auto taken = station::taken(place, request);
    auto body = inOrder();
    body.set("batch", taken.batch.value());
    body.set("known", taken.knownAlready);
    body.set("count", static_cast<Poco::UInt64>(taken.orders + taken.refused));
    body.set("refused", static_cast<Poco::UInt64>(taken.refused));
    body.set("href", batchPath(taken.batch));
    auto answer = jsonAnswer(body, taken.knownAlready ? 200 : 201);
    answer.headers.emplace_back("Location", batchPath(taken.batch));
    return answer;
}

Answer answerBatches(const Workplace& place, const Request& request) {
    Query query{request.query, {"after", "limit"}};
    const auto after = query.after();
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto found = place.ledger.batchesAfter(after, limit);
    auto body = inOrder();
    body.set("batches", viewsOf(found.entries));
    if (found.next) body.set("next", *found.next);
    return jsonAnswer(body);
}

Answer answerBatch(const Workplace& place, const Request& request) {
    const auto batch = batchShown(place.ledger, BatchId{request.parameters.front()});
    return batch ? jsonAnswer(*batch) : unknown("batch", request);
}

Answer answerBatchOrders(const Workplace& place, const Request& request) {
    Query query{request.query, {"after", "limit"}};
    const auto after = static_cast<std::size_t>(query.after());
    const auto limit = query.limit();
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    const auto batch = place.ledger.batch(BatchId{request.parameters.front()});
    if (!batch) return unknown("batch", request);
    const auto orders = ordersAfter(place.ledger, *batch, after, limit);
    Poco::JSON::Array list;
    for (const auto& status : orders)
        list.add(jsonOf(status));
    auto body = inOrder();
    body.set("batch", batch->id.value());
    body.set("orders", list);
    if (orders.size() == limit && orders.back().position < batch->orders + batch->refused)
        body.set("next", static_cast<Poco::UInt64>(orders.back().position));
    return jsonAnswer(body);
}

Answer answerBatchReport(const Workplace& place, const Request& request) {
    const BatchId batch{request.parameters.front()};
    const bool table = request.accept.find("text/csv") != std::string::npos;
    Answer answer;
    try {
        answer.file = std::make_shared<SpoolFile>(request.spool);
        answer.file->close();
    } catch (const std::system_error& full) {
        return noRoomFor("report", full.what(), request.id);
    }
    std::ofstream out{request.spool, std::ios::binary};
    const auto write = [&](const BatchReport& report) {
        table ? writeCsv(out, report) : writeJson(out, report);
    };
    if (!tellReport(place.ledger, batch, place.station, place.clock.now(), write))
        return unknown("batch", request);
    out.close();
    if (!out) return noRoomFor("report", "it could not be written whole", request.id);
    if (!table) return answer;
    answer.type = "text/csv; charset=utf-8; header=present";
    answer.headers.emplace_back("Content-Disposition",
                                "attachment; filename=\"" + batch.value() + ".csv\"");
    return answer;
}

}  // namespace zegel::station
