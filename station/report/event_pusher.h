#pragma once

#include "drivers/base/clock.h"
#include "station/ledger/ledger.h"
#include "station/report/cloud_event.h"
#include "station/report/event_signer.h"
#include "station/report/order_system.h"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace zegel::station {

/// How long an order system that is away, or does not take one event, is left alone with it.
struct PushPauses {
    std::chrono::seconds first{1};     ///< doubled each time
    std::chrono::seconds longest{60};  ///< and never more than this
};

/// An event that the order system answers and does not take. What belongs to it waits behind it.
struct HeldEvent {
    std::string id;
    std::string type;
    std::string subject;  ///< "order/ORD-1"
    std::string said;
    int tries = 0;
    TimePoint nextTry{};

    friend bool operator==(const HeldEvent&, const HeldEvent&) = default;
};

/// What the station's people are told of the order system.
struct OrderSystemCondition {
    bool isWaitedFor = false;
    std::string said;  ///< instead of taking an event, the last time
    TimePoint since{};
    TimePoint nextTry{};
    std::vector<HeldEvent> held;  ///< the first few
    EventBacklog backlog;         ///< a few seconds old; nothing when all is well

    friend bool operator==(const OrderSystemCondition&, const OrderSystemCondition&) = default;
};

/// Sees to it that every event reaches the order system: at least once, those of one order and of
/// one card in their order. An event that is not taken holds back what follows it of the same order
/// or card, and nothing else; when nothing is taken at all, everything waits. It is tried again
/// after pauses that grow, and never given up. What was taken is kept in the ledger; where the
/// station dies before that, an event comes twice under the same id.
class EventPusher {
public:
    using Tell = std::function<void(const std::string&)>;

    EventPusher(Ledger& ledger, EventSource source, EventSigner signer, OrderSystem& orderSystem,
                const Clock& clock, Tell tell, PushPauses pauses = {});

    /// Once over everything that may be sent now, until `stop`. To be called by one thread.
    /// Errors: LedgerUnwritable.
    void round(const std::stop_token& stop = {});

    /// For any thread.
    OrderSystemCondition condition() const;

private:
    struct Trouble {
        std::string said;
        int tries = 0;
        TimePoint nextTry{};
        std::string type;
        std::string subject;
        bool told = false;
        int outages = 0;  ///< how often nothing was taken any more from this event on
    };

    bool sendPage(const std::vector<EventEntry>& page, const std::stop_token& stop);
    EventAnswer send(const EventEntry& event, const std::stop_token& stop);
    bool isHeldBack(const EventEntry& event);
    void taken(const EventEntry& event);
    void notTaken(const EventEntry& event, const EventAnswer& answer);
    void keepTaken();
    bool mustRest() const;
    std::chrono::seconds pauseAfter(int tries) const;
    void beginSweepIfDue();
    void publish();

    Ledger& ledger_;
    const EventSource source_;
    const EventSigner signer_;
    OrderSystem& orderSystem_;
    const Clock& clock_;
    Tell tell_;
    const PushPauses pauses_;

    std::int64_t cursor_ = 0;                   ///< below it, all that is left is held back
    std::set<std::string> blocked_;             ///< orders and subjects with something held back
    std::map<std::int64_t, Trouble> troubles_;  ///< events that were sent and not taken
    std::vector<std::int64_t> taken_;           ///< not in the ledger yet
    std::chrono::steady_clock::time_point takenKept_;
    int failuresInARow_ = 0;
    std::string said_;  ///< instead of taking an event, the last time
    int rests_ = 0;     ///< since something was taken
    TimePoint restUntil_{};
    TimePoint published_{};

    mutable std::mutex mutex_;
    OrderSystemCondition condition_;
};

}  // namespace zegel::station
