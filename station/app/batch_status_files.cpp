#include "station/app/batch_status_files.h"

#include <ctime>

namespace zegel::station {
namespace {

constexpr int RestsFor = 10;  // times what was worked

}  // namespace

BatchStatusFiles::Span BatchStatusFiles::threadWork() {
    timespec work{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &work);
    return std::chrono::seconds{work.tv_sec} + std::chrono::nanoseconds{work.tv_nsec};
}

void BatchStatusFiles::keep(const std::vector<BatchId>& changed) {
    waiting_.insert(changed.begin(), changed.end());
    const auto together = waiting_.size();
    for (const auto& batch : std::vector<BatchId>{waiting_.begin(), waiting_.end()})
        if (isDue(batch)) write(batch, together);
}

void BatchStatusFiles::keepAll() {
    while (!waiting_.empty())
        write(*waiting_.begin(), waiting_.size());
}

bool BatchStatusFiles::isDue(const BatchId& batch) const {
    const auto before = written_.find(batch);
    if (before == written_.end() || rooms_.now() >= before->second.restsUntil) return true;
    return before->second.wasOpen && !rooms_.isOpen(batch);
}

void BatchStatusFiles::write(const BatchId& batch, std::size_t together) {
    const auto id = batch;
    // Before it is written: what ends meanwhile is a change of its own, and at once again.
    const bool open = rooms_.isOpen(id);
    const auto workedBefore = rooms_.worked();
    rooms_.write(id);
    const auto rest =
        (rooms_.worked() - workedBefore) * RestsFor * static_cast<Span::rep>(together);
    written_[id] = {open, rooms_.now() + rest};
    waiting_.erase(id);
}

}  // namespace zegel::station
