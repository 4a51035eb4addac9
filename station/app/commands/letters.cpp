#include "drivers/base/failure.h"
#include "station/app/commands/approved.h"
#include "station/app/commands/as_client.h"
#include "station/app/commands/command.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <iostream>

namespace zegel::station {
namespace {

using Poco::JSON::Object;

std::string tableOf(const std::vector<Object>& letters) {
    std::vector<std::vector<std::string>> rows{
        {"LETTER", "STATE", "SINCE", "EDITION", "TEMPLATE", "LANGUAGE", "CARRIER", "WHY"}};
    std::vector<Tone> tones{Tone::Plain};
    for (const auto& letter : letters) {
        tones.push_back(toneOf(text(letter, "state")));
        rows.push_back({text(letter, "letter"), text(letter, "state"), text(letter, "changed"),
                        text(letter, "edition"), orDash(text(letter, "template")),
                        text(letter, "language"), orDash(text(letter, "carrier")),
                        orDash(text(letter, "reason"))});
    }
    return asTable(rows, tones);
}

int askReprint(const Arguments& arguments) {
    if (arguments.words().size() != 2) {
        throw Failure{Fault::RequestRefused,
                      "say which letter: zegel letter reprint LETTER --why TEXT"};
    }
    const auto path = "/v1/letters/" + urlSegment(arguments.words()[1]) + "/reprint";
    const auto body = givenBody(arguments, "reprint");
    return asClient(arguments,
                    [&](ApiClient& station) { return tell(station.post(path, body), tellAsked); });
}

}  // namespace

int runLetters(const Arguments& arguments) {
    const auto state = arguments.option("state");
    return asClient(arguments, [&](ApiClient& station) {
        std::vector<Object> letters;
        const auto said = station.list(
            "/v1/letters" + (state ? "?state=" + urlSegment(*state) : ""), "letters", letters);
        return tell(said, [&](const Object&) {
            if (arguments.has("json")) return printJson(listed("letters", letters));
            std::cout << (letters.empty() ? "there is no such letter\n" : tableOf(letters));
        });
    });
}

int runLetter(const Arguments& arguments) {
    if (arguments.words().empty()) {
        throw Failure{Fault::RequestRefused, "say which letter: zegel letter LETTER"};
    }
    if (arguments.words().front() == "reprint") return askReprint(arguments);
    return asClient(arguments, [&](ApiClient& station) {
        const auto said = station.get("/v1/letters/" + urlSegment(arguments.words().front()));
        return tell(said, [&](const Object& letter) {
            if (arguments.has("json")) return printJson(letter);
            std::cout << tableOf({letter});
        });
    });
}

}  // namespace zegel::station
