#include "config/settings.h"
#include "drivers/base/clock.h"
#include "drivers/base/durable_file.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/app/arguments.h"
#include "station/app/commands/command.h"

#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <thread>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds LongestWait{20};
constexpr std::chrono::milliseconds Look{50};

void layInInbox(const fs::path& inbox, const std::string& id, const Arguments& arguments) {
    Poco::JSON::Object receipt{Poco::JSON_PRESERVE_KEY_ORDER};
    receipt.set("receipt", id);
    receipt.set("name", arguments.required("name"));
    receipt.set("number", arguments.required("number"));
    receipt.set("by", arguments.required("by"));
    receipt.set("at", toRfc3339(SystemClock{}.now()));
    std::ostringstream text;
    receipt.stringify(text, 2);
    writeDurably(inbox / (id + ".json"), bytesOf(text.str()));
}

std::string answerWithin(const fs::path& answer, const fs::path& refusal) {
    const auto latest = std::chrono::steady_clock::now() + LongestWait;
    while (!fs::exists(answer) && !fs::exists(refusal)) {
        if (std::chrono::steady_clock::now() > latest) {
            throw Failure{Fault::RequestRefused,
                          "the station has not answered yet: is it running? The receipt waits in "
                          "its inbox; the answer will be " +
                              answer.string()};
        }
        std::this_thread::sleep_for(Look);
    }
    return textOf(readFile(fs::exists(answer) ? answer : refusal));
}

}  // namespace

int runReceipt(const std::vector<std::string>& words) {
    const Arguments arguments{words, {"settings", "name", "number", "by", "id"}};
    const auto settings =
        config::readSettings(arguments.required("settings"), config::NamedFiles::NotAsked);
    const auto id = arguments.option("id").value_or("desk-" + toHex(randomBytes(6)));
    const auto& reports = settings.station.reports;
    layInInbox(settings.station.inbox / "receipts", id, arguments);
    const auto text =
        answerWithin(reports / "receipts" / (id + ".json"), reports / (id + ".json.refused.json"));
    const auto answer = Poco::JSON::Parser{}.parse(text).extract<Poco::JSON::Object::Ptr>();
    const bool accepted = answer->optValue<bool>("accepted", false);
    const auto inWords = answer->optValue<std::string>(
        "outcome", answer->optValue<std::string>("reason", "the receipt could not be read"));
    std::cout << (accepted ? "accepted: " : "refused: ") << inWords << '\n';
    return accepted ? 0 : AnswerIsNo;
}

}  // namespace zegel::station
