#include "config/settings.h"
#include "drivers/base/durable_file.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/inbox_answer.h"

#include <Poco/Base64Encoder.h>

#include <sstream>

namespace zegel::station {
namespace {

/// PEM or DER, as a CA hands it out. Errors: SettingUnusable naming the file.
std::string base64Of(const std::string& file) {
    auto octets = readFile(file);
    if (textOf(octets).find("-----BEGIN") != std::string::npos) {
        octets = openssl::toDer(*openssl::certificatesFromPemFile(file).front());
    }
    std::ostringstream text;
    Poco::Base64Encoder encoder{text};
    encoder.rdbuf()->setLineLength(0);
    encoder << textOf(octets);
    encoder.close();
    return text.str();
}

void setFound(const Arguments& arguments, Poco::JSON::Object& verdict) {
    if (const auto serial = arguments.option("serial")) verdict.set("serial", *serial);
    if (const auto file = arguments.option("certificate")) {
        verdict.set("certificate", base64Of(*file));
    }
}

/// The API has no word for the finding: a certificate or serial says that one was issued.
int settleAsClient(const Arguments& arguments) {
    auto body = givenBody(arguments, "verdict");
    setFound(arguments, body);
    const bool issued = arguments.words().front() == "issued";
    if (issued != (body.has("serial") || body.has("certificate"))) {
        throw Failure{Fault::RequestRefused,
                      issued ? "say which certificate was issued: --certificate FILE or --serial "
                               "SERIAL"
                             : "a certificate or serial contradicts that none was issued"};
    }
    return decideAsClient(arguments,
                          "/v1/exceptions/certificates/" + urlSegment(arguments.words()[1]), body);
}

}  // namespace

int runDoubt(const Arguments& arguments) {
    const auto& found = arguments.words().front();
    if (arguments.words().size() != 2) {
        throw Failure{Fault::RequestRefused,
                      "say which transaction: zegel doubt never-issued TRANSACTION, or issued "
                      "TRANSACTION --certificate FILE (or --serial SERIAL)"};
    }
    if (namesClient(arguments)) return settleAsClient(arguments);
    const auto id = requestId(arguments, "verdict");
    Poco::JSON::Object verdict{Poco::JSON_PRESERVE_KEY_ORDER};
    verdict.set("verdict", id);
    verdict.set("transaction", arguments.words()[1]);
    verdict.set("found", found);
    setFound(arguments, verdict);
    verdict.set("by", arguments.required("by"));
    verdict.set("why", arguments.required("why"));
    const auto settings =
        config::readSettings(settingsFile(arguments), config::NamedFiles::NotAsked);
    return askThroughInbox(settings.station, "doubts", verdict, id);
}

}  // namespace zegel::station
