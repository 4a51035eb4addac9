#include "station/api/watchdog.h"

#include <algorithm>
#include <sys/socket.h>

namespace zegel::station {

Watchdog::Watchdog() : thread_([this](const std::stop_token& ending) { watch(ending); }) {}

Watchdog::~Watchdog() = default;  // the thread is the last member: it ends before what it uses

Watchdog::Watch::Watch(Watchdog& dog, int socket) : dog_(dog), socket_(socket) {
    const std::lock_guard alone{dog_.mutex_};
    dog_.watches_.insert(this);
}

Watchdog::Watch::~Watch() {
    const std::lock_guard alone{dog_.mutex_};
    dog_.watches_.erase(this);
}

void Watchdog::Watch::within(std::chrono::milliseconds time, bool idle) {
    dog_.set(*this, std::chrono::steady_clock::now() + time, idle);
}

void Watchdog::Watch::withoutEnd() {
    dog_.set(*this, Moment::max(), true);
}

bool Watchdog::Watch::wasCut() const {
    const std::lock_guard alone{dog_.mutex_};
    return cut_;
}

void Watchdog::set(Watch& watch, Moment deadline, bool idle) {
    {
        const std::lock_guard alone{mutex_};
        watch.idle_ = idle;
        watch.deadline_ = deadline;
        if (stopping_) watch.deadline_ = idle ? Moment::min() : std::min(deadline, stopBy_);
        if (watch.deadline_ >= next_) return;
        look_ = true;
    }
    changed_.notify_all();
}

void Watchdog::stop(std::chrono::milliseconds grace) {
    {
        const std::lock_guard alone{mutex_};
        stopping_ = true;
        stopBy_ = std::chrono::steady_clock::now() + grace;
        for (auto* watch : watches_) {
            watch->deadline_ = watch->idle_ ? Moment::min() : std::min(watch->deadline_, stopBy_);
        }
        look_ = true;
    }
    changed_.notify_all();
}

bool Watchdog::stopping() const {
    const std::lock_guard alone{mutex_};
    return stopping_;
}

void Watchdog::watch(const std::stop_token& ending) {
    std::unique_lock lock{mutex_};
    while (!ending.stop_requested()) {
        look_ = false;
        const auto now = std::chrono::steady_clock::now();
        next_ = now + std::chrono::hours{1};
        for (auto* watch : watches_) {
            if (watch->cut_) continue;
            if (watch->deadline_ > now) {
                next_ = std::min(next_, watch->deadline_);
                continue;
            }
            watch->cut_ = true;
            ::shutdown(watch->socket_, SHUT_RDWR);  // who reads or writes it wakes up and sees it
        }
        changed_.wait_until(lock, ending, next_, [this] { return look_; });
    }
}

}  // namespace zegel::station
