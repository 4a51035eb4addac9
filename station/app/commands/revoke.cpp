#include "drivers/base/failure.h"
#include "drivers/base/typed_secret.h"
#include "pinmailer/seal/codes.h"
#include "station/app/commands/approved.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/reports.h"
#include "station/desk/revocation_desk.h"

#include <iostream>

namespace zegel::station {
namespace {

using Poco::JSON::Object;

[[noreturn]] void misuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why + "; see --help"};
}

/// Never an argument: others on this machine see those, and shells keep them.
SecretBytes codeFor(const Arguments& arguments) {
    const auto file = arguments.option("code-file");
    auto code = file ? readSecretLine(*file, "the file with the code")
                     : askSecret("Revocation code: ",
                                 "there is no terminal to ask for the code; name a --code-file");
    if (seal::looksLikeRevocation(code)) return code;
    throw Failure{Fault::OrderUnusable,
                  "this is no revocation code, and nothing was tried: compare it with the letter, "
                  "symbol by symbol"};
}

int revokeWithCode(const Arguments& arguments, const std::string& reason) {
    Object body{Poco::JSON_PRESERVE_KEY_ORDER};
    body.set("id", requestId(arguments, "revocation"));
    body.set("number", arguments.words().front());
    body.set("reason", reason);
    const auto code = codeFor(arguments);
    return asClient(arguments, [&](ApiClient& station) {
        return tell(station.post("/v1/revocations", body, "code", code),
                    [](const Object& taken) { std::cout << text(taken, "outcome") << '\n'; });
    });
}

int revokeWithSecond(const Arguments& arguments, const std::string& reason) {
    if (arguments.option("code-file")) misuse("--code-file and --without-code exclude each other");
    auto body = givenBody(arguments, "revocation");
    body.set("crlReason", reason);
    const auto path = "/v1/orders/" + urlSegment(arguments.words().front()) + "/revoke";
    return asClient(arguments,
                    [&](ApiClient& station) { return tell(station.post(path, body), tellAsked); });
}

}  // namespace

int runRevoke(const Arguments& arguments) {
    arguments.required("reason");
    const auto reason = arguments.choice("reason", cardRevocationReasons()).value();
    if (arguments.words().empty()) {
        misuse(
            "say which card, by its certificate number, a serial or the card's number; with "
            "--without-code by its order");
    }
    return arguments.has("without-code") ? revokeWithSecond(arguments, reason)
                                         : revokeWithCode(arguments, reason);
}

int runCardAct(const Arguments& arguments) {
    const auto& act = arguments.words().front();
    if (arguments.words().size() != 2) {
        misuse("say which card: zegel card " + act + " SERIAL --why TEXT");
    }
    const auto path = "/v1/cards/" + urlSegment(arguments.words()[1]) + "/" + act;
    const auto body = givenBody(arguments, "card");
    return asClient(arguments, [&](ApiClient& station) {
        return tell(station.post(path, body), [&](const Object& said) {
            if (act == "destroyed") return tellAsked(said);
            std::cout << text(said, "outcome") << '\n';
        });
    });
}

}  // namespace zegel::station
