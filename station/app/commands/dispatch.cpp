#include "drivers/base/failure.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <iostream>
#include <optional>

namespace zegel::station {
namespace {

using Poco::JSON::Object;

[[noreturn]] void misuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why};
}

/// What goes along on loan, if anything does.
std::optional<Object> lentIn(const Arguments& arguments) {
    const auto reader = arguments.option("loan-reader");
    const auto token = arguments.option("loan-token");
    if (reader && token) misuse("one thing is lent with a card: a reader or a token; see --help");
    if (!reader && !token) return std::nullopt;
    Object lent{Poco::JSON_PRESERVE_KEY_ORDER};
    lent.set("kind", reader ? "reader" : "token");
    lent.set("serial", arguments.required(reader ? "loan-reader" : "loan-token"));
    return lent;
}

std::string tableOf(const std::vector<Object>& loans) {
    std::vector<std::vector<std::string>> rows{
        {"SERIAL", "KIND", "ORDER", "LENT", "BY", "RETURNED", "TO", "WHY"}};
    for (const auto& loan : loans) {
        rows.push_back({text(loan, "serial"), text(loan, "kind"), text(loan, "order"),
                        text(loan, "lentAt"), text(loan, "lentBy"),
                        orDash(text(loan, "returnedAt")), orDash(text(loan, "returnedTo")),
                        orDash(text(loan, "reason"))});
    }
    return asTable(rows);
}

int tellOutcome(const Arguments& arguments, const std::string& path, const Object& body,
                const std::string& subject) {
    return asClient(arguments, [&](ApiClient& station) {
        return tell(station.post(path, body), [&](const Object& said) {
            std::cout << (subject.empty() ? "" : subject + ": ") << text(said, "outcome") << '\n';
        });
    });
}

}  // namespace

int runDispatch(const Arguments& arguments) {
    if (arguments.words().empty()) misuse("say which order: zegel dispatch ORDER");
    const auto& order = arguments.words().front();
    Object body{Poco::JSON_PRESERVE_KEY_ORDER};
    body.set("id", requestId(arguments, "dispatch"));
    if (arguments.option("track")) body.set("track", arguments.required("track"));
    if (const auto lent = lentIn(arguments)) body.set("loan", *lent);
    return tellOutcome(arguments, "/v1/orders/" + urlSegment(order) + "/dispatch", body,
                       "order " + order);
}

int runReturned(const Arguments& arguments) {
    if (arguments.words().empty()) {
        misuse("say whose card came back: zegel returned ORDER --why TEXT");
    }
    const auto& order = arguments.words().front();
    return tellOutcome(arguments, "/v1/orders/" + urlSegment(order) + "/returned",
                       givenBody(arguments, "returned"), "the card of order " + order);
}

int runLoans(const Arguments& arguments) {
    return asClient(arguments, [&](ApiClient& station) {
        std::vector<Object> loans;
        const auto said =
            station.list(arguments.has("open") ? "/v1/loans?open=1" : "/v1/loans", "loans", loans);
        return tell(said, [&](const Object&) {
            if (arguments.has("json")) return printJson(listed("loans", loans));
            std::cout << (loans.empty() ? "nothing is on loan\n" : tableOf(loans));
        });
    });
}

int runLoan(const Arguments& arguments) {
    if (arguments.words().size() != 2) {
        misuse("say what came back: zegel loan returned SERIAL --why TEXT");
    }
    const auto& serial = arguments.words()[1];
    return tellOutcome(arguments, "/v1/loans/" + urlSegment(serial) + "/returned",
                       givenBody(arguments, "loan"), "");
}

}  // namespace zegel::station
