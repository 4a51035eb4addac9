#include "config/settings.h"
#include "config/strict_table.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/api/views.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"
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
        const auto order = orderShown(station.ledger, id);
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
    if (words.size() != 2) {
        throw Failure{Fault::RequestRefused,
                      "say which order: zegel order " + act + " ORDER --by WHO --why TEXT"};
    }
    if (namesClient(arguments)) {
        return decideAsClient(arguments, "/v1/orders/" + urlSegment(words[1]) + "/" + act,
                              givenBody(arguments, "decision"));
    }
    const auto id = requestId(arguments, "decision");
    Poco::JSON::Object decision{Poco::JSON_PRESERVE_KEY_ORDER};
    decision.set("decision", id);
    decision.set("order", words[1]);
    decision.set("act", act);
    decision.set("by", arguments.required("by"));
    decision.set("why", arguments.required("why"));
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    return askThroughInbox(settings.station, "decisions", decision, id);
}

}  // namespace zegel::station
