#include "config/settings.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

namespace zegel::station {

int runDoubt(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings", "serial", "by", "why"}};
    if (arguments.words().size() != 2) {
        throw Failure{Fault::RequestRefused,
                      "say what was found out about which transaction: zegel doubt never-issued "
                      "TRANSACTION, or issued TRANSACTION --serial SERIAL"};
    }
    const auto station =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked).station;
    const auto id = "verdict-" + toHex(randomBytes(6));
    Poco::JSON::Object verdict{Poco::JSON_PRESERVE_KEY_ORDER};
    verdict.set("verdict", id);
    verdict.set("transaction", arguments.words()[1]);
    verdict.set("found", arguments.words()[0]);
    if (const auto serial = arguments.option("serial")) verdict.set("serial", *serial);
    verdict.set("by", arguments.required("by"));
    verdict.set("why", arguments.required("why"));
    return askThroughInbox(station.inbox / "doubts", verdict,
                           station.reports / "doubts" / (id + ".json"), station.reports);
}

}  // namespace zegel::station
