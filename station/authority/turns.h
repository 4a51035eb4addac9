#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

namespace zegel::station {

/// At most so many at once: who comes when all are taken waits, and the first to come is the first
/// to go on; those at the front go before all others. Safe for several threads.
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

    enum class Place { Front, Back };

    /// Nothing when none came within this time, or when `isGivenUp` says so, which is asked again
    /// and again.
    std::unique_ptr<Turn> take(
        std::chrono::milliseconds atMost, Place place = Place::Back,
        const std::function<bool()>& isGivenUp = [] { return false; });
    std::size_t waiting();

private:
    void giveBack();

    std::mutex mutex_;
    std::condition_variable moved_;
    std::list<Place> queue_;  ///< who waits, the next one first
    std::size_t free_;
};

}  // namespace zegel::station
