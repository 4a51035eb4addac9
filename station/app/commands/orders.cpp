#include "station/api/views.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/commands/shown_order.h"
#include "station/app/printed.h"
#include "station/report/order_status_json.h"

#include <iostream>

namespace zegel::station {
namespace {

/// `out` goes to standard output, later.
using TakeOne =
    std::function<void(const BatchId& batch, const OrderStatus& order, std::ostream& out)>;

/// Those of one batch, or all; of any state when none is named.
void eachOrder(SeenStation& station, const std::optional<BatchId>& only,
               const std::optional<std::string>& state, const TakeOne& take) {
    const auto batches =
        only ? std::vector{station.ledger.batch(*only).value()} : station.batches();
    for (const auto& batch : batches) {
        station.tell(batch.id, [&](const BatchReport& report, std::ostream& out) {
            report.orders([&](const OrderStatus& order) {
                if (!state || order.state == *state) take(batch.id, order, out);
            });
        });
    }
}

/// As they come: a station may have made a great many.
void writeOrders(const std::optional<BatchId>& only, const std::function<void(TakeOne)>& each) {
    std::cout << '{';
    if (only) std::cout << "\"batch\": \"" << only->value() << "\", ";  // a reference is plain
    std::cout << "\"orders\": [";
    const char* before = "\n";
    each([&](const BatchId& batch, const OrderStatus& order, std::ostream& out) {
        out << before;
        (only ? jsonOf(order) : orderOf(batch, order)).stringify(out);
        before = ",\n";
    });
    std::cout << "]}\n";
}

void printOrders(const std::function<void(TakeOne)>& each) {
    std::vector<std::vector<std::string>> rows{
        {"BATCH", "ORDER", "PROFILE", "CHIP", "CERTIFICATE NAME", "NUMBER", "STATE", "LETTER"}};
    std::vector<Tone> tones{Tone::Plain};
    each([&](const BatchId& batch, const OrderStatus& order, std::ostream& /*out*/) {
        tones.push_back(toneOf(order.state));
        rows.push_back(rowOf(order));
        rows.back().insert(rows.back().begin(), batch.value());
    });
    std::cout << (rows.size() == 1 ? "there is no such order\n" : asTable(rows, tones));
}

}  // namespace

int runOrders(const Arguments& arguments) {
    const auto state = arguments.choice("state", orderStateNames());
    const auto only = arguments.option("batch");
    return withStation(arguments, [&](SeenStation& station) {
        const auto batch = only ? std::optional{BatchId{*only}} : std::nullopt;
        if (batch && !station.ledger.batch(*batch)) {
            return refuse("no batch " + *only + " is known; zegel batches lists all that are");
        }
        const auto each = [&](const TakeOne& take) { eachOrder(station, batch, state, take); };
        arguments.has("json") ? writeOrders(batch, each) : printOrders(each);
        return int{Done};
    });
}

}  // namespace zegel::station
