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

std::string fileInEnvironment() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes the environment
    const char* file = std::getenv("ZEGEL_AS");
    return file == nullptr ? "" : file;
}

std::string clientFile(const Arguments& arguments) {
    if (auto file = arguments.option("as")) return *file;
    const auto file = fileInEnvironment();
    return file.empty() ? settingsFile(arguments) : file;
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

bool namesClient(const Arguments& arguments) {
    return arguments.option("as") || !fileInEnvironment().empty();
}

int decideAsClient(const Arguments& arguments, const std::string& path,
                   const Poco::JSON::Object& body) {
    if (arguments.option("by")) {
        throw Failure{Fault::RequestRefused,
                      "--by is for what goes through the inbox; with --as or ZEGEL_AS your "
                      "certificate says who decides"};
    }
    return asClient(arguments, [&](ApiClient& station) {
        return tell(station.post(path, body), [&](const Poco::JSON::Object& said) {
            std::cout << "accepted: " << said.optValue<std::string>("outcome", "") << '\n';
        });
    });
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
