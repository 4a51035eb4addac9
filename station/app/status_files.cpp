#include "station/app/status_files.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/told.h"
#include "station/api/views.h"
#include "station/report/ledger_report.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <sstream>

namespace zegel::station {
namespace {

void write(const std::filesystem::path& file, const Poco::JSON::Object& object) {
    std::ostringstream text;
    object.stringify(text, 2);
    text << '\n';
    writeDurably(file, bytesOf(text.str()));
}

Poco::JSON::Object objectOf(const AuthorityCondition& condition) {
    auto object = inOrder();
    object.set("state", std::string{condition.isWaitedFor ? "waited-for" : "well"});
    if (!condition.isWaitedFor) return object;
    object.set("since", toRfc3339(condition.since));
    object.set("nextTry", toRfc3339(condition.nextTry));
    object.set("reason", condition.reason + lookUp(condition.fault));
    return object;
}

Poco::JSON::Array listOf(const std::vector<HeldEvent>& held) {
    Poco::JSON::Array list;
    for (const auto& event : held) {
        auto entry = inOrder();
        entry.set("event", event.id);
        entry.set("type", event.type);
        entry.set("subject", event.subject);
        entry.set("tries", event.tries);
        entry.set("nextTry", toRfc3339(event.nextTry));
        entry.set("said", event.said);
        list.add(entry);
    }
    return list;
}

Poco::JSON::Object objectOf(const OrderSystemCondition& condition) {
    auto object = inOrder();
    object.set("state", std::string{condition.isWaitedFor ? "waited-for" : "well"});
    if (condition.isWaitedFor) {
        object.set("since", toRfc3339(condition.since));
        object.set("nextTry", toRfc3339(condition.nextTry));
        object.set("reason", condition.said);
    }
    if (condition.backlog.count == 0) return object;
    object.set("undelivered", static_cast<Poco::UInt64>(condition.backlog.count));
    object.set("oldest", toRfc3339(condition.backlog.oldest));
    object.set("held", listOf(condition.held));
    return object;
}

}  // namespace

void writeBatchStatus(Ledger& ledger, const BatchId& batch, const std::string& station,
                      TimePoint now, const std::filesystem::path& reports) {
    tellReport(ledger, batch, station, now,
               [&](const BatchReport& report) { writeStatus(reports, report); });
}

void writeStationStatus(const StationStatus& status, TimePoint now,
                        const std::filesystem::path& reports) {
    auto told = inOrder();
    told.set("station", status.station);
    told.set("startedAt", toRfc3339(status.startedAt));
    told.set("updatedAt", toRfc3339(now));
    told.set("readers", viewsOf(status.readers));
    told.set("authority", objectOf(status.authority));
    told.set("certificates", viewsOf(status.matters));
    if (status.orderSystem) told.set("orderSystem", objectOf(*status.orderSystem));
    told.set("waitedFor", viewsOf(status.waitedFor));
    write(reports / "station.status.json", told);
}

void writeReceiptAnswer(const ReceiptEntry& receipt, const std::filesystem::path& reports) {
    auto answer = inOrder();
    answer.set("receipt", receipt.id);
    answer.set("accepted", receipt.accepted);
    answer.set("outcome", receipt.outcome);
    if (receipt.accepted && receipt.order) answer.set("order", receipt.order->value());
    answer.set("at", toRfc3339(receipt.at));
    write(reports / "receipts" / (receipt.id + ".json"), answer);
}

void writeAnswer(const std::string& kind, const std::string& id, const std::string& outcome,
                 const std::filesystem::path& folder) {
    auto answer = inOrder();
    answer.set(kind, id);
    answer.set("accepted", true);
    answer.set("outcome", outcome);
    write(folder / (id + ".json"), answer);
}

}  // namespace zegel::station
