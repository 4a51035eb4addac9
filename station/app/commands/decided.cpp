#include "station/app/commands/decided.h"

#include "config/settings.h"
#include "drivers/base/failure.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

namespace zegel::station {

int decideOn(const Arguments& arguments, const std::string& what, const std::string& path) {
    const auto& words = arguments.words();
    const auto& act = words.front();
    if (words.size() != 2) {
        const std::string example = what == "order" ? "ORDER" : "BATCH";
        throw Failure{Fault::RequestRefused, "say which " + what + ": zegel " + what + " " + act +
                                                 " " + example + " --by WHO --why TEXT"};
    }
    if (namesClient(arguments)) {
        return decideAsClient(arguments, path + urlSegment(words[1]) + "/" + act,
                              givenBody(arguments, "decision"));
    }
    const auto id = requestId(arguments, "decision");
    Poco::JSON::Object decision{Poco::JSON_PRESERVE_KEY_ORDER};
    decision.set("decision", id);
    decision.set(what, words[1]);
    decision.set("act", act);
    decision.set("by", arguments.required("by"));
    decision.set("why", arguments.required("why"));
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    return askThroughInbox(settings.station, "decisions", decision, id);
}

}  // namespace zegel::station
