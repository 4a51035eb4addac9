#include "config/settings.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

namespace zegel::station {

int runOrder(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings", "by", "why"}};
    if (arguments.words().size() != 2) {
        throw Failure{
            Fault::RequestRefused,
            "say what to do with which order: zegel order hold ORDER, release ORDER, or cancel "
            "ORDER"};
    }
    const auto station =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked).station;
    const auto id = "decision-" + toHex(randomBytes(6));
    Poco::JSON::Object decision{Poco::JSON_PRESERVE_KEY_ORDER};
    decision.set("decision", id);
    decision.set("order", arguments.words()[1]);
    decision.set("act", arguments.words()[0]);
    decision.set("by", arguments.required("by"));
    decision.set("why", arguments.required("why"));
    return askThroughInbox(station.inbox / "decisions", decision,
                           station.reports / "decisions" / (id + ".json"), station.reports);
}

}  // namespace zegel::station
