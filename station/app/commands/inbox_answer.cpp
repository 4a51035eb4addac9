#include "station/app/commands/inbox_answer.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/entropy.h"
#include "drivers/base/failure.h"
#include "drivers/base/hex.h"
#include "station/app/commands/command.h"

#include <Poco/JSON/Parser.h>

#include <chrono>
#include <iostream>
#include <sstream>
#include <sys/stat.h>
#include <thread>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds LongestWait{20};
constexpr std::chrono::milliseconds Look{50};

/// Which writing of a file stands there; an answer that was there before is another question's.
struct Writing {
    ino_t file = 0;
    std::int64_t second = 0;
    std::int64_t nanosecond = 0;

    bool operator==(const Writing&) const = default;
};

/// As it was never written when there is none.
Writing writingOf(const fs::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return {};
    return {facts.st_ino, facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec};
}

std::string answerIn(const fs::path& answer, const Writing& before, const fs::path& refusal) {
    const auto latest = std::chrono::steady_clock::now() + LongestWait;
    for (;;) {
        if (fs::exists(refusal)) return textOf(readFile(refusal));
        if (const auto now = writingOf(answer); now != Writing{} && now != before) {
            return textOf(readFile(answer));
        }
        if (std::chrono::steady_clock::now() > latest) {
            throw Failure{
                Fault::RequestRefused,
                "the station has not answered yet: is it running? What you asked waits in "
                "its inbox; the answer will be " +
                    answer.string()};
        }
        std::this_thread::sleep_for(Look);
    }
}

}  // namespace

int askThroughInbox(const fs::path& inbox, const Poco::JSON::Object& question,
                    const fs::path& answer, const fs::path& reports) {
    std::ostringstream text;
    question.stringify(text, 2);
    const auto name = "asked-" + toHex(randomBytes(8)) + ".json";  // nobody's before
    const auto before = writingOf(answer);
    writeDurably(inbox / name, bytesOf(text.str()));
    const auto said = Poco::JSON::Parser{}
                          .parse(answerIn(answer, before, reports / (name + ".refused.json")))
                          .extract<Poco::JSON::Object::Ptr>();
    const bool accepted = said->optValue<bool>("accepted", false);
    const auto outcome =
        said->optValue<std::string>("outcome", said->optValue<std::string>("reason", ""));
    std::cout << (accepted ? "accepted: " : "refused: ") << outcome << '\n';
    return accepted ? 0 : AnswerIsNo;
}

}  // namespace zegel::station
