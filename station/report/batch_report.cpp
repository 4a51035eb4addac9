#include "station/report/batch_report.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "station/report/order_status_json.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <system_error>

namespace zegel::station {
namespace {

constexpr const char* RefusedState = "rejected";

Poco::JSON::Object ordered() {
    return Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER);
}

std::string textOf(const Poco::JSON::Object& json) {
    std::ostringstream text;
    json.stringify(text, 2);
    text << '\n';
    return text.str();
}

/// The order system reads it as another user of the same group.
void writeForGroup(const std::filesystem::path& file, const std::string& text) {
    using std::filesystem::perms;
    writeDurably(file, bytesOf(text));
    std::error_code problem;
    std::filesystem::permissions(file, perms::owner_read | perms::owner_write | perms::group_read,
                                 problem);
    if (problem) {
        throw Failure(Fault::LedgerUnwritable,
                      file.string() + " cannot be given to its group: " + problem.message());
    }
}

/// A report without the line that tells when it was written.
std::string withoutMoment(std::string text) {
    const auto begin = text.find("\n  \"updatedAt\"");
    if (begin == std::string::npos) return text;
    return text.erase(begin, text.find('\n', begin + 1) - begin);
}

}  // namespace

OrderStatus statusOf(const RefusedOrder& refused, TimePoint at) {
    OrderStatus status;
    status.order = refused.id;
    status.position = refused.position;
    status.state = RefusedState;
    status.reason = refused.reason;
    status.at = at;
    return status;
}

std::vector<OrderStatus> everyOrder(const BatchReport& report) {
    std::vector<OrderStatus> all = report.orders;
    for (const auto& refused : report.refused)
        all.push_back(statusOf(refused, report.acceptedAt));
    std::sort(all.begin(), all.end(), [](const OrderStatus& one, const OrderStatus& other) {
        return one.position < other.position;
    });
    std::set<std::string> seen;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool placeTwice = i > 0 && all[i].position == all[i - 1].position;
        if (!placeTwice && seen.insert(all[i].order.value()).second) continue;
        throw Failure(Fault::Defect, "batch " + report.batch.value() + ", order " +
                                         all[i].order.value() +
                                         ": would stand in the report twice");
    }
    return all;
}

Poco::JSON::Object jsonOf(const OrderStatus& status) {
    Poco::JSON::Object json = ordered();
    json.set("order", status.order.value());
    json.set("position", static_cast<Poco::UInt64>(status.position));
    json.set("state", status.state);
    if (!status.certificateName.empty()) json.set("certificateName", status.certificateName);
    if (status.certificateNumber) json.set("certificateNumber", status.certificateNumber->value());
    if (status.chipSerial) json.set("chipSerial", status.chipSerial->value());
    if (status.letterState) json.set("letter", *status.letterState);
    if (!status.reason.empty()) json.set("reason", status.reason);
    json.set("at", toRfc3339(status.at));
    return json;
}

std::string statusJson(const BatchReport& report) {
    const auto all = everyOrder(report);
    std::map<std::string, Poco::UInt64> sums;
    Poco::JSON::Array orders;
    for (const auto& status : all) {
        ++sums[status.state];
        orders.add(jsonOf(status));
    }
    Poco::JSON::Object states;
    for (const auto& [state, count] : sums)
        states.set(state, count);

    Poco::JSON::Object json = ordered();
    json.set("batch", report.batch.value());
    json.set("station", report.station);
    json.set("acceptedAt", toRfc3339(report.acceptedAt));
    json.set("updatedAt", toRfc3339(report.updatedAt));
    json.set("count", static_cast<Poco::UInt64>(all.size()));
    json.set("states", states);
    json.set("orders", orders);
    return textOf(json);
}

std::filesystem::path writeStatus(const std::filesystem::path& folder, const BatchReport& report) {
    auto file = folder / (report.batch.value() + ".status.json");
    const auto text = statusJson(report);
    std::ifstream there(file, std::ios::binary);
    const std::string before(std::istreambuf_iterator<char>(there),
                             {});  // empty: none, or not ours
    if (withoutMoment(before) != withoutMoment(text)) writeForGroup(file, text);
    return file;
}

std::filesystem::path writeRefusal(const std::filesystem::path& folder, std::string_view file,
                                   std::string_view reason, TimePoint at) {
    Poco::JSON::Object json = ordered();
    json.set("file", std::string(file));
    json.set("reason", std::string(reason));
    json.set("at", toRfc3339(at));
    auto target = folder / (std::filesystem::path(file).filename().string() + ".refused.json");
    writeForGroup(target, textOf(json));
    return target;
}

}  // namespace zegel::station
