#include "config/settings.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

namespace zegel::station {

int runOrder(const Arguments& arguments) {
    const auto act = arguments.oneOf(0, "act", {"hold", "release", "cancel"});
    if (arguments.words().size() != 2) {
        throw Failure{Fault::RequestRefused,
                      "say which order: zegel order " + act + " ORDER --by WHO --why TEXT"};
    }
    const auto id = "decision-" + toHex(randomBytes(6));
    Poco::JSON::Object decision{Poco::JSON_PRESERVE_KEY_ORDER};
    decision.set("decision", id);
    decision.set("order", arguments.words()[1]);
    decision.set("act", act);
    decision.set("by", arguments.required("by"));
    decision.set("why", arguments.required("why"));
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    return askThroughInbox(settings.station, "decisions", decision, id);
}

}  // namespace zegel::station
