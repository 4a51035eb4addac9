#include "station/app/commands/inbox_answer.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "station/app/commands/command.h"

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

std::string firstOf(const fs::path& answer, const fs::path& refusal) {
    const auto latest = std::chrono::steady_clock::now() + LongestWait;
    while (!fs::exists(answer) && !fs::exists(refusal)) {
        if (std::chrono::steady_clock::now() > latest) {
            throw Failure{
                Fault::RequestRefused,
                "the station has not answered yet: is it running? What you asked waits in "
                "its inbox; the answer will be " +
                    answer.string()};
        }
        std::this_thread::sleep_for(Look);
    }
    return textOf(readFile(fs::exists(answer) ? answer : refusal));
}

}  // namespace

int askThroughInbox(const fs::path& inbox, const std::string& id,
                    const Poco::JSON::Object& question, const fs::path& answer,
                    const fs::path& reports) {
    std::ostringstream text;
    question.stringify(text, 2);
    writeDurably(inbox / (id + ".json"), bytesOf(text.str()));
    const auto said = Poco::JSON::Parser{}
                          .parse(firstOf(answer, reports / (id + ".json.refused.json")))
                          .extract<Poco::JSON::Object::Ptr>();
    const bool accepted = said->optValue<bool>("accepted", false);
    const auto outcome =
        said->optValue<std::string>("outcome", said->optValue<std::string>("reason", ""));
    std::cout << (accepted ? "accepted: " : "refused: ") << outcome << '\n';
    return accepted ? 0 : AnswerIsNo;
}

}  // namespace zegel::station
