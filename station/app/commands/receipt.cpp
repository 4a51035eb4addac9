#include "config/settings.h"
#include "drivers/base/clock.h"
#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/base/told.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

#include <iostream>

namespace zegel::station {
namespace {

/// Who took the receipt is seldom who prints; the path is the station's.
void tellNextStep(const config::Settings& settings) {
    if (!settings.station.letters) return;  // the print room looks for itself
    std::cout << "next, by the print room: move the letter out of "
              << settings.station.letters->string()
              << " to its own machine, and there\n  zegel-pinmailer print\n";
}

/// The receipt says who confirmed; the certificate, who heard it.
int takeAsClient(const Arguments& arguments, const Poco::JSON::Object& receipt) {
    return asClient(arguments, [&](ApiClient& station) {
        const auto said = station.post("/v1/receipts", receipt);
        const bool accepted = said.isDone() && said.body->optValue<bool>("accepted", false);
        const int status = tell(said, [&](const Poco::JSON::Object& body) {
            std::cout << (accepted ? "accepted: " : "refused: ")
                      << body.optValue<std::string>("outcome", "")
                      << (accepted ? "" : lookUp(Fault::RequestRefused)) << '\n';
        });
        return accepted || status != Done ? status : int{Refused};
    });
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
    if (namesClient(arguments)) return takeAsClient(arguments, receipt);
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    const auto status = askThroughInbox(settings.station, "receipts", receipt, id);
    if (status == Done) tellNextStep(settings);
    return status;
}

}  // namespace zegel::station
