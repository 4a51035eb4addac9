#include "station/app/commands/inbox_answer.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "drivers/base/told.h"
#include "station/app/commands/command.h"
#include "station/app/sole_use.h"

#include <Poco/JSON/Parser.h>

#include <cerrno>
#include <chrono>
#include <iostream>
#include <optional>
#include <pwd.h>
#include <regex>
#include <sstream>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds LongestWait{20};
constexpr std::chrono::minutes WhileBusy{10};  // it takes in the largest batch
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

/// Where the station says what became of a question.
struct Places {
    fs::path answer;
    Writing before;
    fs::path refusal;
    fs::path ledger;
};

/// Nothing when the station says nothing for too long, or stops.
std::optional<std::string> answerIn(const Places& places, std::chrono::seconds patience) {
    const auto latest = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const bool runs = stationRunsOn(places.ledger);  // before it is looked what it said last
        if (fs::exists(places.refusal)) return textOf(readFile(places.refusal));
        if (const auto now = writingOf(places.answer); now != Writing{} && now != places.before) {
            return textOf(readFile(places.answer));
        }
        if (!runs || std::chrono::steady_clock::now() > latest) return std::nullopt;
        std::this_thread::sleep_for(Look);
    }
}

/// By who needs to know what became of it.
std::optional<std::string> answerIn(const Places& places, Unanswered unanswered) {
    auto said = answerIn(places, LongestWait);
    if (said || unanswered == Unanswered::Waits || !stationRunsOn(places.ledger)) return said;
    std::cerr << "zegel: the station is busy; waiting until it answers\n";
    return answerIn(places, WhileBusy);
}

/// The file and its lines are of our own making: whoever asked never saw them, and laid out none.
std::string inWordsOfTheDesk(std::string reason, const std::string& file) {
    static const std::regex place{R"(line \d+: )"};
    if (reason.starts_with(file)) {
        const auto begin = reason.find("line ");
        reason.erase(0, begin == std::string::npos ? file.size() : begin);
    }
    const auto ofFiles = "; correct it and lay it out again" + lookUp(Fault::OrderUnusable);
    const auto itsWord = lookUp(Fault::OrderUnusable);
    if (const auto at = reason.rfind(ofFiles); at != std::string::npos)
        reason.replace(at, ofFiles.size(), "; nothing was done" + lookUp(Fault::RequestRefused));
    else if (reason.ends_with(itsWord))
        reason.replace(reason.size() - itsWord.size(), itsWord.size(),
                       lookUp(Fault::RequestRefused));
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
            : inWordsOfTheDesk(said->optValue<std::string>("reason", ""), file);
    std::cout << "refused: " << why << '\n';
    return Refused;
}

}  // namespace

int askThroughInbox(const config::StationSettings& station, const std::string& folder,
                    const Poco::JSON::Object& question, const std::string& id,
                    Unanswered unanswered) {
    if (const auto why = whyNotForStation(station.ledger))
        return refuse(*why + lookUp(Fault::RequestRefused));
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
    const Places at{answer, writingOf(answer), station.reports / (name + ".refused.json"),
                    station.ledger};
    writeDurably(inbox / name, bytesOf(text.str()));
    const auto places = "the answer will be " + answer.string() + ", or, when it is refused, " +
                        at.refusal.string();
    if (const auto said = answerIn(at, unanswered)) return tell(*said, name);
    if (!stationRunsOn(station.ledger)) {
        std::cerr << (unanswered == Unanswered::StaysUndone
                          ? "zegel: no station is running; once it is started, it records this\n"
                          : "zegel: no station is running: what you asked waits in its inbox until "
                            "zegel-station is started; " +
                                places + "\n");
        return NoStation;
    }
    if (unanswered == Unanswered::StaysUndone) {
        return refuse("the station runs and has not answered within " +
                      std::to_string(WhileBusy.count()) +
                      " min: nothing more was done; ask again once it answers (zegel readers). "
                      "What was asked now waits in its inbox, and its audit will tell of it" +
                      lookUp(Fault::RequestRefused));
    }
    return refuse("the station runs and has not answered within " +
                  std::to_string(LongestWait.count()) +
                  " s: what you asked waits in its inbox, do not ask again; " + places);
}

std::optional<std::string> whyNotForStation(const fs::path& file) {
    struct stat facts {};
    const bool unseen = ::stat(file.c_str(), &facts) != 0;
    if (unseen && errno != EACCES) return std::nullopt;
    if (!unseen && facts.st_uid == ::geteuid()) return std::nullopt;
    const auto owner = unseen ? "another user" : "user " + userNamed(facts.st_uid);
    return file.string() + " belongs to " + owner + ", and you are " + userNamed(::geteuid()) +
           ": ask as the user that the station runs as" +
           (unseen ? "" : " (sudo -u " + userNamed(facts.st_uid) + " zegel … --settings FILE)") +
           "; nothing was written";
}

std::string userNamed(unsigned user) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before this program has a second thread
    const auto* known = ::getpwuid(user);
    return known != nullptr ? std::string{known->pw_name} : std::to_string(user);
}

}  // namespace zegel::station
