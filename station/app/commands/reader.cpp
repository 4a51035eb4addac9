#include "config/settings.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

namespace zegel::station {

int runReader(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings", "by", "why"}};
    const auto& said = arguments.words();
    const bool binds = !said.empty() && said[0] == "bind";
    if (said.size() != (binds ? 3U : 2U)) {
        throw Failure{Fault::RequestRefused,
                      "say what to do with which reader: zegel reader bind READER BATCH, free "
                      "READER, or resume READER"};
    }
    const auto station =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked).station;
    const auto id = "decision-" + toHex(randomBytes(6));
    Poco::JSON::Object decision{Poco::JSON_PRESERVE_KEY_ORDER};
    decision.set("decision", id);
    decision.set("reader", said[1]);
    decision.set("act", said[0]);
    if (binds) decision.set("batch", said[2]);
    decision.set("by", arguments.required("by"));
    decision.set("why", arguments.required("why"));
    return askThroughInbox(station.inbox / "readers", decision,
                           station.reports / "readers" / (id + ".json"), station.reports);
}

}  // namespace zegel::station
