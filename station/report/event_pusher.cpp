#include "station/report/event_pusher.h"

#include "drivers/base/failure.h"

#include <algorithm>
#include <utility>

namespace zegel::station {
namespace {

constexpr std::size_t PageLength = 200;
constexpr std::size_t HeldTold = 10;
constexpr int NobodyTakesAnything = 3;  // so many in a row say it of all
constexpr int FewTries = 2;
constexpr int PerhapsItsFault = 2;  // outages that began with one event
constexpr std::chrono::milliseconds KeepTakenWithin{250};
constexpr std::chrono::seconds PublishAfter{2};

std::string subjectKey(const EventEntry& event) {
    return event.kind + "/" + event.subject;
}

std::string orderKey(const EventEntry& event) {
    return event.order.empty() ? subjectKey(event) : "order/" + event.order;
}

}  // namespace

EventPusher::EventPusher(Ledger& ledger, EventSource source, EventSigner signer,
                         OrderSystem& orderSystem, const Clock& clock, Tell tell, PushPauses pauses)
    : ledger_(ledger),
      source_(std::move(source)),
      signer_(std::move(signer)),
      orderSystem_(orderSystem),
      clock_(clock),
      tell_(std::move(tell)),
      pauses_(pauses) {}

void EventPusher::round(const std::stop_token& stop) {
    if (mustRest()) return;
    beginSweepIfDue();
    while (!stop.stop_requested()) {
        const auto page = ledger_.undeliveredEvents(cursor_, PageLength);
        const bool goesOn = sendPage(page, stop);
        keepTaken();
        if (!goesOn || page.size() < PageLength) break;
    }
    if (!troubles_.empty() && clock_.now() - published_ >= PublishAfter) publish();
}

/// False when the order system is left alone for a while, or at the end.
bool EventPusher::sendPage(const std::vector<EventEntry>& page, const std::stop_token& stop) {
    for (const auto& event : page) {
        if (stop.stop_requested()) return false;
        if (isHeldBack(event)) {
            cursor_ = event.sequence;
            continue;
        }
        const auto answer = send(event, stop);
        if (answer.kind == EventAnswer::Kind::Taken) {
            cursor_ = event.sequence;
            taken(event);
            continue;
        }
        if (stop.stop_requested()) return false;  // it was cut short, which says nothing
        cursor_ = event.sequence;
        notTaken(event, answer);
        if (mustRest()) return false;
    }
    return true;
}

EventAnswer EventPusher::send(const EventEntry& event, const std::stop_token& stop) {
    const auto body = cloudEventJson(source_, event);
    std::string signature;
    try {
        signature = signer_.sign(body);
    } catch (const Failure& failure) {
        return {EventAnswer::Kind::Away, failure.what()};  // the token may come back
    }
    return orderSystem_.take(body, signature, stop);
}

/// Blocks what follows, too: of the same order, and of the same subject.
bool EventPusher::isHeldBack(const EventEntry& event) {
    const auto trouble = troubles_.find(event.sequence);
    const bool tooEarly = trouble != troubles_.end() && clock_.now() < trouble->second.nextTry;
    if (!tooEarly && !blocked_.contains(orderKey(event)) && !blocked_.contains(subjectKey(event))) {
        return false;
    }
    blocked_.insert(orderKey(event));
    blocked_.insert(subjectKey(event));
    return true;
}

void EventPusher::taken(const EventEntry& event) {
    taken_.push_back(event.sequence);
    const auto trouble = troubles_.extract(event.sequence);
    failuresInARow_ = 0;
    if (rests_ > 0) {
        rests_ = 0;
        // What only happened to be tried meanwhile does not wait on.
        for (auto& [sequence, other] : troubles_) {
            if (other.outages < PerhapsItsFault) other.nextTry = clock_.now();
        }
        tell_("the order system takes events again");
        publish();
    } else if (trouble) {
        if (trouble.mapped().told) {
            tell_("the order system has taken event " + eventId(source_, event) + " after all");
        }
        publish();
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - takenKept_ >= KeepTakenWithin) keepTaken();
}

void EventPusher::notTaken(const EventEntry& event, const EventAnswer& answer) {
    keepTaken();
    auto& trouble = troubles_[event.sequence];
    ++trouble.tries;
    trouble.said = answer.said;
    trouble.type = eventType(event);
    trouble.subject = subjectKey(event);
    trouble.nextTry = clock_.now() + pauseAfter(trouble.tries);
    blocked_.insert(orderKey(event));
    blocked_.insert(subjectKey(event));
    ++failuresInARow_;
    const bool nobody = answer.kind == EventAnswer::Kind::Away ||
                        failuresInARow_ >= NobodyTakesAnything || rests_ > 0;
    if (nobody) {
        if (rests_++ == 0) ++trouble.outages;
        restUntil_ = clock_.now() + pauseAfter(rests_);
        // After a few tries another event has its turn: this one may be what brings the line down.
        const auto turn = trouble.tries > FewTries ? pauses_.first : std::chrono::seconds{0};
        trouble.nextTry = std::max(trouble.nextTry, restUntil_ + turn);
    }
    said_ = answer.said;
    if (nobody && rests_ == 1) tell_("the order system takes no events: " + answer.said);
    if (!nobody && !std::exchange(trouble.told, true)) {
        tell_("the order system did not take event " + eventId(source_, event) + " of " +
              trouble.subject + ": " + answer.said);
    }
    publish();
}

void EventPusher::keepTaken() {
    takenKept_ = std::chrono::steady_clock::now();
    if (taken_.empty()) return;
    ledger_.recordDelivered(taken_);
    taken_.clear();
}

bool EventPusher::mustRest() const {
    return rests_ > 0 && clock_.now() < restUntil_;
}

std::chrono::seconds EventPusher::pauseAfter(int tries) const {
    auto pause = pauses_.first;
    for (int i = 1; i < tries && pause < pauses_.longest; ++i)
        pause *= 2;
    return std::min(pause, pauses_.longest);
}

/// Everything from the start again when something that was held back may be tried.
void EventPusher::beginSweepIfDue() {
    const bool due = std::ranges::any_of(
        troubles_, [&](const auto& entry) { return entry.second.nextTry <= clock_.now(); });
    if (!due && rests_ == 0) return;
    cursor_ = 0;
    blocked_.clear();
}

OrderSystemCondition EventPusher::condition() const {
    const std::lock_guard lock{mutex_};
    return condition_;
}

void EventPusher::publish() {
    published_ = clock_.now();
    OrderSystemCondition now;
    now.isWaitedFor = rests_ > 0;
    now.said = said_;
    now.nextTry = restUntil_;
    for (const auto& [sequence, trouble] : troubles_) {
        if (now.held.size() == HeldTold) break;
        now.held.push_back({source_.instance + "-" + std::to_string(sequence), trouble.type,
                            trouble.subject, trouble.said, trouble.tries, trouble.nextTry});
    }
    if (now.isWaitedFor || !now.held.empty()) now.backlog = ledger_.eventBacklog();
    const std::lock_guard lock{mutex_};
    now.since = condition_.isWaitedFor ? condition_.since : clock_.now();
    condition_ = std::move(now);
}

}  // namespace zegel::station
