#include "config/settings.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

namespace zegel::station {

int runReader(const Arguments& arguments) {
    const auto& said = arguments.words();
    const auto& act = said.front();
    const bool binds = act == "bind";
    arguments.expectAtMost(binds ? 3 : 2);
    if (said.size() != (binds ? 3U : 2U)) {
        throw Failure{Fault::RequestRefused, "say which reader: zegel reader " + act + " READER " +
                                                 (binds ? "BATCH " : "") + "--by WHO --why TEXT"};
    }
    if (namesClient(arguments)) {
        auto body = givenBody(arguments, "decision");
        if (binds) body.set("batch", said[2]);
        return decideAsClient(arguments, "/v1/readers/" + urlSegment(said[1]) + "/" + act, body);
    }
    const auto id = requestId(arguments, "decision");
    Poco::JSON::Object decision{Poco::JSON_PRESERVE_KEY_ORDER};
    decision.set("decision", id);
    decision.set("reader", said[1]);
    decision.set("act", act);
    if (binds) decision.set("batch", said[2]);
    decision.set("by", arguments.required("by"));
    decision.set("why", arguments.required("why"));
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    return askThroughInbox(settings.station, "readers", decision, id);
}

}  // namespace zegel::station
