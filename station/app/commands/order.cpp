#include "config/strict_table.h"
#include "station/api/views.h"
#include "station/app/commands/command.h"
#include "station/app/commands/decided.h"
#include "station/app/commands/seen_station.h"
#include "station/app/commands/shown_order.h"

#include <algorithm>

namespace zegel::station {
namespace {

const std::vector<std::string_view>& acts() {
    return std::ranges::find(commands(), "order", &Command::name)->acts;
}

bool isAct(const std::string& word) {
    return std::ranges::find(acts(), word) != acts().end();
}

/// Of a word that is no order, when it is nearly an act.
std::string actMeant(const std::string& word) {
    const auto meant = config::nearest(word, acts());
    return meant ? "; did you mean zegel order " + std::string{*meant} + " ORDER?" : "";
}

int show(const Arguments& arguments, const OrderId& id) {
    return withStation(arguments, [&](SeenStation& station) {
        auto order = orderShown(station.ledger, id);
        if (!order) {  // what stands on its papers
            const auto made = station.ledger.orderByNumber(CertificateNumber{id.value()});
            if (made) order = orderShown(station.ledger, made->order.id);
        }
        if (order) return tellOrder(*order, arguments.has("json"));
        return refuse("no order " + id.value() + " is known; zegel orders lists all that are" +
                      actMeant(id.value()));
    });
}

}  // namespace

int runOrder(const Arguments& arguments) {
    const auto& words = arguments.words();
    const auto& act = words.front();
    if (words.size() == 1 && !isAct(act)) return show(arguments, OrderId{act});
    return decideOn(arguments, "order", "/v1/orders/");
}

}  // namespace zegel::station
