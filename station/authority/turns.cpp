#include "station/authority/turns.h"

#include <algorithm>

namespace zegel::station {

std::unique_ptr<Turns::Turn> Turns::take(std::chrono::milliseconds atMost, Place place,
                                         const std::function<bool()>& isGivenUp) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds Look{100};
    const auto until = Clock::now() + atMost;
    std::unique_lock lock{mutex_};
    const auto behind =
        place == Place::Front ? std::ranges::find(queue_, Place::Back) : queue_.end();
    const auto mine = queue_.insert(behind, place);
    const auto isMine = [&] { return free_ > 0 && queue_.begin() == mine; };
    bool came = isMine();
    while (!came && Clock::now() < until && !isGivenUp())
        came = moved_.wait_until(lock, std::min(until, Clock::now() + Look), isMine);
    queue_.erase(mine);
    moved_.notify_all();  // the next one is at the front
    if (!came) return nullptr;
    --free_;
    return std::make_unique<Turn>(*this);
}

std::size_t Turns::waiting() {
    const std::lock_guard alone{mutex_};
    return queue_.size();
}

void Turns::giveBack() {
    const std::lock_guard alone{mutex_};
    ++free_;
    moved_.notify_all();
}

}  // namespace zegel::station
