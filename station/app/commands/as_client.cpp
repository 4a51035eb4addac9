#include "station/app/commands/as_client.h"

#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "drivers/base/told.h"
#include "station/app/commands/command.h"

#include <cstdlib>
#include <iostream>

namespace zegel::station {
namespace {

std::string clientFile(const Arguments& arguments) {
    if (auto file = arguments.option("as")) return *file;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes the environment
    if (const char* file = std::getenv("ZEGEL_AS"); file != nullptr && *file != '\0') return file;
    return settingsFile(arguments);
}

}  // namespace

int asClient(const Arguments& arguments, const std::function<int(ApiClient& station)>& ask) {
    ApiClient station{config::readClientSettings(clientFile(arguments))};
    try {
        return ask(station);
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::StationUnavailable) throw;
        std::cerr << "zegel: " << told(failure) << '\n';
        return NoStation;
    }
}

std::string requestId(const Arguments& arguments, const std::string& kind) {
    return arguments.option("id").value_or(kind + "-" + toHex(randomBytes(6)));
}

int tell(const ApiClient::Said& said,
         const std::function<void(const Poco::JSON::Object& body)>& done) {
    if (!said.isDone()) return refuse(said.refusal());
    done(*said.body);
    return Done;
}

Poco::JSON::Object givenBody(const Arguments& arguments, const std::string& kind) {
    Poco::JSON::Object body{Poco::JSON_PRESERVE_KEY_ORDER};
    body.set("id", requestId(arguments, kind));
    body.set("reason", arguments.required("why"));
    return body;
}

}  // namespace zegel::station
