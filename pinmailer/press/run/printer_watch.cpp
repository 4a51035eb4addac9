#include "pinmailer/press/run/printer_watch.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <thread>

namespace zegel::press {
namespace {

using namespace std::chrono_literals;
using Ticks = std::chrono::steady_clock;

/// Reasons without their "-error", "-warning" or "-report" (RFC 8011, 5.4.12).
constexpr std::array<std::string_view, 14> Hindrances{
    "paused",         "moving-to-paused",   "shutdown",           "stopping",
    "stopped-partly", "media-empty",        "media-needed",       "cover-open",
    "door-open",      "interlock-open",     "input-tray-missing", "output-area-full",
    "toner-empty",    "marker-supply-empty"};

struct Reason {
    std::string_view what;
    std::string_view severity;  ///< "", "error", "warning", "report"
};

Reason reasonIn(std::string_view said) {
    for (const std::string_view severity : {"error", "warning", "report"}) {
        if (said.size() > severity.size() + 1 && said.ends_with(severity) &&
            said[said.size() - severity.size() - 1] == '-')
            return {said.substr(0, said.size() - severity.size() - 1), severity};
    }
    return {said, {}};
}

std::string listed(const std::vector<std::string>& reasons) {
    std::string list;
    for (const auto& reason : reasons)
        list += (list.empty() ? "" : ", ") + reason;
    return list;
}

/// Waits, the longer the more often it was asked, and no longer than anybody notices.
class Pauses {
public:
    void wait() {
        std::this_thread::sleep_for(next_);
        next_ = std::min<std::chrono::milliseconds>(next_ * 3 / 2, 500ms);
    }

private:
    std::chrono::milliseconds next_{20};
};

std::string seconds(std::chrono::milliseconds time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time).count()) + " s";
}

bool has(const std::vector<std::string>& reasons, std::string_view wanted) {
    return std::ranges::find(reasons, wanted) != reasons.end();
}

/// A job that waits for octets that nobody will send any more.
bool starves(const JobLook& look) {
    const bool waits = look.state == JobLook::State::Waiting || look.state == JobLook::State::Held;
    return waits && (look.reasons.empty() || has(look.reasons, "job-incoming") ||
                     has(look.reasons, "job-data-insufficient"));
}

JobEnd endOf(const JobLook& look, int sides, bool counts, bool acknowledged) {
    const auto with = look.reasons.empty() ? "" : " (" + listed(look.reasons) + ")";
    if (look.state == JobLook::State::Aborted) return {false, "the printer aborted it" + with};
    if (look.state == JobLook::State::Canceled)
        return {false, "it was canceled at the printer" + with};
    if (has(look.reasons, "job-completed-with-errors"))
        return {false, "the printer completed it with errors" + with};
    if (!acknowledged) {
        return {false,
                "its job says completed, but the printer never said that it had the whole letter"};
    }
    if (!counts || look.impressions == sides) return {true, {}};
    if (!look.impressions) {
        return {false,
                "the printer completed it without counting its sides; for one that never "
                "counts, set counts_impressions = false"};
    }
    return {false, "the printer completed it and counted " + std::to_string(*look.impressions) +
                       " sides, not " + std::to_string(sides)};
}

}  // namespace

bool tellsOfJam(const std::vector<std::string>& reasons) {
    return std::ranges::any_of(
        reasons, [](const std::string& reason) { return reasonIn(reason).what == "media-jam"; });
}

std::string hindranceOf(const PrinterLook& look) {
    if (tellsOfJam(look.reasons)) return "paper is jammed (" + listed(look.reasons) + ")";
    for (const auto& said : look.reasons) {
        const auto reason = reasonIn(said);
        const bool grave = reason.severity.empty() || reason.severity == "error";
        if (grave && std::ranges::find(Hindrances, reason.what) != Hindrances.end())
            return "it tells of " + said;
    }
    if (look.state == PrinterLook::State::Stopped)
        return "it has stopped" + (look.reasons.empty() ? "" : " (" + listed(look.reasons) + ")");
    if (!look.accepts) return "it takes no jobs now";
    if (look.state == PrinterLook::State::Processing) return "it is busy with another job";
    return {};
}

std::string PrinterWatch::awaitReady() {
    const auto latest = Ticks::now() + patience_.ready;
    std::string told;
    for (Pauses pauses;; pauses.wait()) {
        std::string why;
        try {
            why = hindranceOf(printer_.look());
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::PrinterUnavailable) throw;
            why = failure.what();
        }
        if (why.empty()) return {};
        if (askedToEnd_()) return "it was asked to end";
        if (Ticks::now() > latest)
            return "the printer was not ready within " + seconds(patience_.ready) + ": " + why;
        if (why != told) say_("waiting for the printer: " + why);
        told = why;
    }
}

int PrinterWatch::awaitJob(const std::string& title, std::string& why) {
    const auto latest = Ticks::now() + patience_.ready;
    for (Pauses pauses;; pauses.wait()) {
        why = awaitReady();
        if (!why.empty()) return 0;
        try {
            if (const auto job = printer_.createJob(title)) return *job;
            why = "the printer takes no job";
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::PrinterUnavailable) throw;
            why = failure.what();
            dropUnheard(title);
        }
        if (askedToEnd_() || Ticks::now() > latest) return 0;
    }
}

void PrinterWatch::dropUnheard(const std::string& title) {
    try {
        for (const auto job : printer_.openJobsNamed(title)) {
            const auto kept = printer_.cancel(job, title);
            if (!kept.empty()) say_("waiting: the printer " + kept);
        }
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::PrinterUnavailable) throw;
        say_(std::string{"waiting: "} + failure.what());
    }
}

JobEnd PrinterWatch::follow(int job, const std::string& title, int sides, bool acknowledged) {
    const auto latest = Ticks::now() + patience_.finish;
    std::string last = "nothing";
    for (Pauses pauses;; pauses.wait()) {
        try {
            const auto look = printer_.job(job, title);
            if (!look) return {false, "the printer knows its job no more"};
            if (tellsOfJam(look->printerReasons) || tellsOfJam(look->reasons))
                return giveUp(job, title, "paper jammed while it was printed");
            const bool cutOff = !look->ended() && !acknowledged && starves(*look);
            if (cutOff) return giveUp(job, title, "it was cut off on its way to the printer");
            const auto printer = printer_.look();  // not every printer tells of it with the job
            if (tellsOfJam(printer.reasons))
                return giveUp(job, title, "paper jammed while it was printed");
            if (look->ended())
                return endOf(*look, sides, patience_.countsImpressions, acknowledged);
            const auto why = hindranceOf(printer);
            if (why != last && printer.state == PrinterLook::State::Stopped)
                say_("the printer stopped in the middle of a letter: " + why);
            last = why;
        } catch (const Failure& failure) {
            if (failure.fault() != Fault::PrinterUnavailable) throw;
            if (last != failure.what()) say_(std::string{"waiting: "} + failure.what());
            last = failure.what();
        }
        if (Ticks::now() > latest)
            return giveUp(
                job, title,
                "the printer was not done within " + seconds(patience_.finish) + "; last: " + last);
    }
}

JobEnd PrinterWatch::giveUp(int job, const std::string& title, const std::string& why) {
    std::string kept;
    try {
        kept = printer_.cancel(job, title);
    } catch (const Failure& failure) {
        kept = failure.what();
    }
    if (kept.empty()) return {false, why};
    say_("the job could not be taken off the printer; see that it does not print later");
    return {false, why + "; it was not taken off the printer and may print later: " + kept};
}

}  // namespace zegel::press
