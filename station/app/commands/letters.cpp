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

[[noreturn]] void misuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why};
}

/// What is said of one act means nothing to the others.
void expectItsOwn(const Arguments& arguments, const std::string& word, const std::string& act) {
    const bool said = arguments.has(word) || arguments.option(word);
    const bool belongs = !arguments.words().empty() && arguments.words().front() == act;
    if (said && !belongs) misuse("--" + word + " belongs to zegel letter " + act + " only");
}

/// It came back from the post.
int returned(const Arguments& arguments) {
    if (arguments.words().size() != 2)
        misuse("say which letter came back: zegel letter returned LETTER --why TEXT");
    const auto& letter = arguments.words()[1];
    const auto body = givenBody(arguments, "letter");
    return asClient(arguments, [&](ApiClient& station) {
        return tell(station.post("/v1/letters/" + urlSegment(letter) + "/returned", body),
                    [&](const Object& said) {
                        std::cout << "letter " << letter << ": " << text(said, "outcome") << '\n';
                    });
    });
}

/// Each takes a second person.
int askFor(const std::string& act, const Arguments& arguments) {
    const auto form = "zegel letter " + act + " LETTER " +
                      (act == "reprint"     ? "--unseen "
                       : act == "abandoned" ? "--found printed|spoiled "
                                            : "") +
                      "--why TEXT";
    if (arguments.words().size() != 2) misuse("say which letter: " + form);
    const auto& letter = arguments.words()[1];
    auto body = givenBody(arguments, act);
    if (act == "reprint") {
        if (!arguments.has("unseen")) {
            misuse("say --unseen when nobody can have seen the old sheet of " + letter +
                   "; where somebody may have, no print of it helps: zegel letter reissue " +
                   letter + " --why TEXT");
        }
        body.set("unseen", true);
    }
    if (act == "abandoned") {
        arguments.required("found");
        body.set("outcome", arguments.choice("found", {"printed", "spoiled"}).value());
    }
    const auto path = "/v1/letters/" + urlSegment(letter) + "/" + act;
    return asClient(arguments,
                    [&](ApiClient& station) { return tell(station.post(path, body), tellAsked); });
}

}  // namespace

int runLetters(const Arguments& arguments) {
    const auto state = arguments.choice("state", letterStateNames());
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
    expectItsOwn(arguments, "unseen", "reprint");
    expectItsOwn(arguments, "found", "abandoned");
    if (arguments.words().empty()) misuse("say which letter: zegel letter LETTER");
    const auto& first = arguments.words().front();
    if (first == "reprint" || first == "reissue" || first == "abandoned")
        return askFor(first, arguments);
    if (first == "returned") return returned(arguments);
    return asClient(arguments, [&](ApiClient& station) {
        const auto said = station.get("/v1/letters/" + urlSegment(first));
        return tell(said, [&](const Object& letter) {
            if (arguments.has("json")) return printJson(letter);
            std::cout << tableOf({letter});
        });
    });
}

}  // namespace zegel::station
