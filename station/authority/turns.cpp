#include "station/authority/turns.h"

namespace zegel::station {

std::unique_ptr<Turns::Turn> Turns::take(std::chrono::milliseconds atMost) {
    std::unique_lock lock{mutex_};
    const auto mine = queue_.insert(queue_.end(), &lock);
    const bool came =
        moved_.wait_for(lock, atMost, [&] { return free_ > 0 && queue_.front() == &lock; });
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
