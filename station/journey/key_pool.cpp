#include "station/journey/key_pool.h"

#include <algorithm>
#include <future>
#include <sys/resource.h>
#include <unistd.h>

namespace zegel::station {
namespace {

/// What is made ahead never takes the time of a card. Linux has a niceness for each thread.
void standBehindTheLine() {
    constexpr int Behind = 10;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), Behind);
}

}  // namespace

KeyPool::KeyPool(std::size_t most, GroupKeys::Maker make)
    : most_(most),
      make_(std::move(make)),
      maker_([this](const std::stop_token& stop) { makeAhead(stop); }) {}

KeyPool::~KeyPool() = default;

void KeyPool::expect(const std::map<KeyAlgorithm, std::size_t>& wanted) {
    const std::lock_guard alone{mutex_};
    wanted_ = wanted;
    wanting_.notify_all();
}

StationKey KeyPool::take(KeyAlgorithm algorithm) {
    {
        const std::lock_guard alone{mutex_};
        auto& keys = ready_[algorithm];
        if (!keys.empty()) {
            auto key = std::move(keys.front());
            keys.pop_front();
            ++givenAhead_;
            wanting_.notify_all();
            return key;
        }
        if (isRsa(algorithm)) ++givenOnTheSpot_;
    }
    return make_(algorithm);
}

std::size_t KeyPool::ready(KeyAlgorithm algorithm) const {
    const std::lock_guard alone{mutex_};
    const auto keys = ready_.find(algorithm);
    return keys == ready_.end() ? 0 : keys->second.size();
}

KeysGiven KeyPool::given() const {
    const std::lock_guard alone{mutex_};
    KeysGiven given{0, givenAhead_, givenOnTheSpot_};
    for (const auto& [algorithm, keys] : ready_)
        given.ready += keys.size();
    return given;
}

std::optional<KeyAlgorithm> KeyPool::lacking() const {
    for (const auto& [algorithm, wanted] : wanted_) {
        const auto keys = ready_.find(algorithm);
        const auto kept = keys == ready_.end() ? 0 : keys->second.size();
        if (kept < std::min(wanted, most_)) return algorithm;
    }
    return std::nullopt;
}

std::map<KeyAlgorithm, std::size_t> keysWanted(const std::map<std::string, std::size_t>& queued,
                                               const cardprofiles::Profiles& profiles) {
    std::map<KeyAlgorithm, std::size_t> wanted;
    for (const auto& [name, orders] : queued) {
        const auto profile = profiles.find(name);
        if (profile == profiles.end()) continue;
        for (const auto& rule : profile->second.keys) {
            const bool here = rule.origin == cardprofiles::KeyOrigin::InStation;
            if (here && isRsa(rule.algorithm)) wanted[rule.algorithm] += orders;
        }
    }
    return wanted;
}

void KeyPool::makeAhead(const std::stop_token& stop) {
    // In a thread that ends with the key: one that sleeps for hours would keep the last octets it
    // copied in its vector registers, and a core dump holds those too.
    const auto make = [this](KeyAlgorithm algorithm) {
        standBehindTheLine();
        return make_(algorithm);
    };
    std::unique_lock held{mutex_};
    while (wanting_.wait(held, stop, [this] { return lacking().has_value(); })) {
        const auto algorithm = *lacking();
        held.unlock();
        std::optional<StationKey> key;
        try {
            key = std::async(std::launch::async, make, algorithm).get();
        } catch (...) {
            key.reset();  // the card that wants one meets the same, and tells it
        }
        held.lock();
        if (key) {
            ready_[algorithm].push_back(std::move(*key));
        } else {
            wanted_.erase(algorithm);
        }
    }
}

}  // namespace zegel::station
