#include "station/app/commands/inbox_answer.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/base/told.h"
#include "station/app/commands/command.h"
#include "station/app/sole_use.h"

#include <Poco/JSON/Parser.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <regex>
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

/// What became of the question; nothing when the station says nothing for too long.
std::optional<std::string> answerIn(const fs::path& answer, const Writing& before,
                                    const fs::path& refusal) {
    const auto latest = std::chrono::steady_clock::now() + LongestWait;
    for (;;) {
        if (fs::exists(refusal)) return textOf(readFile(refusal));
        if (const auto now = writingOf(answer); now != Writing{} && now != before) {
            return textOf(readFile(answer));
        }
        if (std::chrono::steady_clock::now() > latest) return std::nullopt;
        std::this_thread::sleep_for(Look);
    }
}

/// The file and its lines are of our own making: whoever asked never saw them.
std::string withoutPlaces(std::string reason, const std::string& file) {
    static const std::regex place{R"(line \d+: )"};
    if (reason.starts_with(file)) {
        const auto begin = reason.find("line ");
        reason.erase(0, begin == std::string::npos ? file.size() : begin);
    }
    return std::regex_replace(reason, place, "");
}

int tell(const std::string& text, const std::string& file) {
    const auto said = Poco::JSON::Parser{}.parse(text).extract<Poco::JSON::Object::Ptr>();
    if (said->optValue<bool>("accepted", false)) {
        std::cout << "accepted: " << said->optValue<std::string>("outcome", "") << '\n';
        return Done;
    }
    const auto why =
        said->has("outcome")
            ? said->optValue<std::string>("outcome", "") + lookUp(Fault::RequestRefused)
            : withoutPlaces(said->optValue<std::string>("reason", ""), file);
    std::cout << "refused: " << why << '\n';
    return Refused;
}

}  // namespace

int askThroughInbox(const config::StationSettings& station, const std::string& folder,
                    const Poco::JSON::Object& question, const std::string& id) {
    const auto inbox = station.inbox / folder;
    if (!fs::exists(inbox) && stationRunsOn(station.ledger)) {
        return refuse("the folder " + inbox.string() +
                      " is gone, and the station waits for it: zegel exceptions tells more" +
                      lookUp(Fault::SettingUnusable));
    }
    if (!fs::exists(inbox)) {
        std::cerr << "zegel: no station has run with these settings yet: start zegel-station\n";
        return NoStation;
    }
    const auto answer = station.reports / folder / (id + ".json");
    std::ostringstream text;
    question.stringify(text, 2);
    const auto name = "asked-" + toHex(randomBytes(8)) + ".json";  // nobody's before
    const auto before = writingOf(answer);
    writeDurably(inbox / name, bytesOf(text.str()));
    const auto refusal = station.reports / (name + ".refused.json");
    const auto places =
        "the answer will be " + answer.string() + ", or, when it is refused, " + refusal.string();
    if (!stationRunsOn(station.ledger)) {
        std::cerr << "zegel: no station is running: what you asked waits in its inbox until "
                     "zegel-station is started; "
                  << places << '\n';
        return NoStation;
    }
    const auto said = answerIn(answer, before, refusal);
    if (said) return tell(*said, name);
    return refuse("the station runs and has not answered within " +
                  std::to_string(LongestWait.count()) +
                  " s: what you asked waits in its inbox, do not ask again; " + places);
}

}  // namespace zegel::station
