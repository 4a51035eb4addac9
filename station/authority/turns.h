#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>

namespace zegel::station {

/// At most so many at once: who comes when all are taken waits, and the first to come is the first
/// to go on. Safe for several threads.
class Turns {
public:
    explicit Turns(std::size_t atOnce) : free_(atOnce) {}

    /// Given back at its end.
    class Turn {
    public:
        explicit Turn(Turns& turns) : turns_(turns) {}
        ~Turn() { turns_.giveBack(); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        Turns& turns_;
    };

    /// Nothing when none came within this time.
    std::unique_ptr<Turn> take(std::chrono::milliseconds atMost);
    std::size_t waiting();

private:
    void giveBack();

    std::mutex mutex_;
    std::condition_variable moved_;
    std::list<const void*> queue_;  ///< who waits, the first to come at the front
    std::size_t free_;
};

}  // namespace zegel::station
