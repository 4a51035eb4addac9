#include "station/report/batch_report.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "station/report/order_status_json.h"

#include <Poco/JSON/Object.h>

#include <fstream>
#include <sstream>
#include <system_error>
#include <unordered_set>

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
void giveToGroup(const std::filesystem::path& file) {
    using std::filesystem::perms;
    std::error_code problem;
    std::filesystem::permissions(file, perms::owner_read | perms::owner_write | perms::group_read,
                                 problem);
    if (problem) {
        throw Failure(Fault::LedgerUnwritable,
                      file.string() + " cannot be given to its group: " + problem.message());
    }
}

/// The next line that does not tell when a report was written.
bool nextLine(std::istream& in, std::string& line) {
    do
        if (!std::getline(in, line)) return false;
    while (line.starts_with("  \"updatedAt\""));
    return true;
}

bool sayTheSame(const std::filesystem::path& one, const std::filesystem::path& other) {
    std::ifstream first{one, std::ios::binary};
    std::ifstream second{other, std::ios::binary};
    std::string line;
    std::string otherLine;
    while (nextLine(first, line))
        if (!nextLine(second, otherLine) || line != otherLine) return false;
    return !nextLine(second, otherLine);
}

/// Gone at its end, unless it got another name.
class Draft {
public:
    explicit Draft(std::filesystem::path file) : file_(std::move(file)) {
        writeDurably(file_, {});  // for its owner only, before anything stands in it
    }
    ~Draft() {
        std::error_code renamed;
        std::filesystem::remove(file_, renamed);
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;
    const std::filesystem::path& file() const noexcept { return file_; }

private:
    std::filesystem::path file_;
};

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

void giveOrders(const BatchReport& report, const TakeOrder& take) {
    const auto expect = [&](bool holds, const std::string& what) {
        if (holds) return;
        throw Failure(Fault::Defect, "batch " + report.batch.value() + ": " + what);
    };
    std::unordered_set<std::string> seen;
    std::map<std::string, std::size_t> states;
    std::size_t last = 0;
    report.orders([&](const OrderStatus& status) {
        expect((seen.empty() || status.position > last) && seen.insert(status.order.value()).second,
               "order " + status.order.value() + " would stand in the report twice");
        last = status.position;
        ++states[status.state];
        take(status);
    });
    expect(states == report.states, "the report's sums are not its orders'");
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

void writeJson(std::ostream& out, const BatchReport& report) {
    std::size_t count = 0;
    Poco::JSON::Object states;
    for (const auto& [state, orders] : report.states) {
        states.set(state, static_cast<Poco::UInt64>(orders));
        count += orders;
    }
    Poco::JSON::Object json = ordered();
    json.set("batch", report.batch.value());
    json.set("station", report.station);
    json.set("acceptedAt", toRfc3339(report.acceptedAt));
    json.set("updatedAt", toRfc3339(report.updatedAt));
    json.set("count", static_cast<Poco::UInt64>(count));
    json.set("states", states);
    auto head = textOf(json);
    out << head.erase(head.rfind("\n}")) << ",\n  \"orders\": [";
    const char* before = "\n    ";
    giveOrders(report, [&](const OrderStatus& status) {
        out << before;
        jsonOf(status).stringify(out);
        before = ",\n    ";
    });
    out << "\n  ]\n}\n";
}

std::filesystem::path writeStatus(const std::filesystem::path& folder, const BatchReport& report) {
    auto file = folder / (report.batch.value() + ".status.json");
    const Draft draft{folder / (report.batch.value() + ".status.json.new")};
    std::ofstream out{draft.file(), std::ios::binary};
    writeJson(out, report);
    out.close();
    if (!out) {
        throw Failure{Fault::LedgerUnwritable,
                      "cannot write " + file.string() + "; check the disk and start again"};
    }
    if (sayTheSame(draft.file(), file)) return file;
    flushDurably(draft.file());
    giveToGroup(draft.file());
    renameDurably(draft.file(), file);
    return file;
}

std::filesystem::path writeRefusal(const std::filesystem::path& folder, std::string_view file,
                                   std::string_view reason, TimePoint at) {
    Poco::JSON::Object json = ordered();
    json.set("file", std::string(file));
    json.set("reason", std::string(reason));
    json.set("at", toRfc3339(at));
    auto target = folder / (std::filesystem::path(file).filename().string() + ".refused.json");
    writeDurably(target, bytesOf(textOf(json)));
    giveToGroup(target);
    return target;
}

}  // namespace zegel::station
