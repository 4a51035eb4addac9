#include "config/settings.h"
#include "drivers/base/clock.h"
#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

namespace zegel::station {

int runReceipt(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings", "name", "number", "by", "id"}};
    const auto station =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked).station;
    const auto id = arguments.option("id").value_or("desk-" + toHex(randomBytes(6)));
    Poco::JSON::Object receipt{Poco::JSON_PRESERVE_KEY_ORDER};
    receipt.set("receipt", id);
    receipt.set("name", arguments.required("name"));
    receipt.set("number", arguments.required("number"));
    receipt.set("by", arguments.required("by"));
    receipt.set("at", toRfc3339(SystemClock{}.now()));
    return askThroughInbox(station.inbox / "receipts", receipt,
                           station.reports / "receipts" / (id + ".json"), station.reports);
}

}  // namespace zegel::station
