#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

namespace zegel::station {

/// Cuts connections that take too long. Time-outs of a socket are per read: a client that sends an
/// octet now and then keeps a thread for ever. Here a whole step has one deadline.
class Watchdog {
public:
    using Moment = std::chrono::steady_clock::time_point;

    Watchdog();
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// One connection, watched for as long as this lives. Its socket must outlive it.
    class Watch {
    public:
        Watch(Watchdog& dog, int socket);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

        /// What comes next must be over by then; the deadline before is forgotten. `idle`: nothing
        /// is under way, a stop need not wait for it.
        void within(std::chrono::milliseconds time, bool idle = false);
        void withoutEnd();  ///< for a stream of events
        bool wasCut() const;

    private:
        friend class Watchdog;
        Watchdog& dog_;
        int socket_;
        Moment deadline_ = Moment::max();
        bool idle_ = true;
        bool cut_ = false;
    };

    /// The station stops: what is idle or without end is cut at once, the rest after `grace`.
    void stop(std::chrono::milliseconds grace);
    bool stopping() const;

private:
    void watch(const std::stop_token& ending);
    void set(Watch& watch, Moment deadline, bool idle);

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::set<Watch*> watches_;
    Moment next_ = Moment::max();  ///< when the thread looks by itself
    bool look_ = false;            ///< it has to look before that
    Moment stopBy_ = Moment::max();
    bool stopping_ = false;
    std::jthread thread_;
};

}  // namespace zegel::station
