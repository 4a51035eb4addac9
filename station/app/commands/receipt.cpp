#include "config/settings.h"
#include "drivers/base/clock.h"
#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

#include <iostream>

namespace zegel::station {
namespace {

/// Who took the receipt is seldom who prints; the paths are the station's.
void tellNextStep(const config::Settings& settings) {
    if (!settings.station.letters) return;  // the print room looks for itself
    std::cout << "next, in the print room, with its own key:\n"
                 "  zegel-pinmailer render --letters "
              << settings.station.letters->string()
              << " --output FOLDER --key FILE.p12 --station-certificate "
              << settings.seal.certificate.string() << '\n';
}

}  // namespace

int runReceipt(const Arguments& arguments) {
    const auto id = arguments.option("id").value_or("desk-" + toHex(randomBytes(6)));
    Poco::JSON::Object receipt{Poco::JSON_PRESERVE_KEY_ORDER};
    receipt.set("receipt", id);
    receipt.set("name", arguments.required("name"));
    receipt.set("number", arguments.required("number"));
    receipt.set("by", arguments.required("by"));
    receipt.set("at", toRfc3339(SystemClock{}.now()));
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    const auto status = askThroughInbox(settings.station, "receipts", receipt, id);
    if (status == Done) tellNextStep(settings);
    return status;
}

}  // namespace zegel::station
