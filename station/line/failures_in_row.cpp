#include "station/line/failures_in_row.h"

namespace zegel::station {

int FailuresInRow::count(const ReaderName& reader) {
    const std::lock_guard alone{mutex_};
    return ++failures_[reader];
}

int FailuresInRow::of(const ReaderName& reader) const {
    const std::lock_guard alone{mutex_};
    const auto found = failures_.find(reader);
    return found == failures_.end() ? 0 : found->second;
}

void FailuresInRow::forget(const ReaderName& reader) {
    const std::lock_guard alone{mutex_};
    failures_.erase(reader);
}

}  // namespace zegel::station
