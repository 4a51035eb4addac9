#include "station/line/reader_status.h"

namespace zegel::station {

std::string_view nameOf(ReaderStatus::State state) noexcept {
    using State = ReaderStatus::State;
    switch (state) {
        case State::Empty: return "empty";
        case State::Idle: return "idle";
        case State::Working: return "working";
        case State::Done: return "done";
        case State::Attention: return "attention";
        case State::Paused: return "paused";
        case State::Gone: return "gone";
    }
    return "unknown";
}

void StatusBoard::set(const ReaderStatus& status) {
    {
        const std::lock_guard alone{mutex_};
        const auto [known, fresh] = readers_.try_emplace(status.reader, status);
        if (!fresh && known->second == status) return;
        known->second = status;
    }
    if (changed_) changed_(status);
}

void StatusBoard::retire(const ReaderStatus& last) {
    {
        const std::lock_guard alone{mutex_};
        readers_.erase(last.reader);
    }
    if (changed_) changed_(last);
}

std::optional<ReaderStatus> StatusBoard::last(const ReaderName& reader) const {
    const std::lock_guard alone{mutex_};
    const auto found = readers_.find(reader);
    if (found == readers_.end()) return std::nullopt;
    return found->second;
}

void StatusBoard::listed(const std::string& service, const std::vector<ReaderName>& readers) {
    const std::lock_guard alone{mutex_};
    listed_[service] = readers;
}

std::optional<std::set<ReaderName>> StatusBoard::readersAmong(std::size_t services) const {
    const std::lock_guard alone{mutex_};
    if (listed_.size() < services) return std::nullopt;
    std::set<ReaderName> names;
    for (const auto& [service, readers] : listed_)
        names.insert(readers.begin(), readers.end());
    for (const auto& [name, status] : readers_) {
        if (status.carrier) names.insert(name);  // the others are services
    }
    return names;
}

std::vector<ReaderStatus> StatusBoard::all() const {
    const std::lock_guard alone{mutex_};
    std::vector<ReaderStatus> list;
    for (const auto& [name, status] : readers_)
        list.push_back(status);
    return list;
}

}  // namespace zegel::station
