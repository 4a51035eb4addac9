#pragma once

#include "cardprofiles/profile_file.h"
#include "station/journey/group_keys.h"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

namespace zegel::station {

/// Keys that are there, and those given to cards so far.
struct KeysGiven {
    std::size_t ready = 0;      ///< made ahead and not taken yet
    std::size_t ahead = 0;      ///< taken, made ahead of their card
    std::size_t onTheSpot = 0;  ///< taken, made while their card waited
};

/// Keys that the station makes itself, made ahead of the cards that want them: finding the primes
/// of an RSA key takes a core for longer than all else of a card. They are kept in memory only, and
/// no more of them than waiting orders may want. Safe for several threads.
class KeyPool {
public:
    /// `most`: kept of each algorithm, however many are wanted.
    explicit KeyPool(std::size_t most, GroupKeys::Maker make = makeStationKey);
    KeyPool(const KeyPool&) = delete;
    KeyPool& operator=(const KeyPool&) = delete;
    ~KeyPool();

    /// How many the waiting orders may want from here on. What is kept above that is used up first.
    void expect(const std::map<KeyAlgorithm, std::size_t>& wanted);

    /// One made ahead; where none is ready, made on the spot. Errors: Defect.
    StationKey take(KeyAlgorithm algorithm);

    /// Made ahead and not taken yet.
    std::size_t ready(KeyAlgorithm algorithm) const;

    /// Of the algorithms that are made ahead; a key on a curve never is.
    KeysGiven given() const;

private:
    void makeAhead(const std::stop_token& stop);
    std::optional<KeyAlgorithm> lacking() const;

    const std::size_t most_;
    const GroupKeys::Maker make_;
    mutable std::mutex mutex_;
    std::condition_variable_any wanting_;
    std::map<KeyAlgorithm, std::size_t> wanted_;
    std::map<KeyAlgorithm, std::deque<StationKey>> ready_;
    std::size_t givenAhead_ = 0;
    std::size_t givenOnTheSpot_ = 0;
    std::jthread maker_;  ///< the last: works with all of the above
};

/// The RSA keys that the station is going to make for so many waiting orders of each profile, at
/// the most: several of one group may share a key. A key on a curve is not worth waiting for.
std::map<KeyAlgorithm, std::size_t> keysWanted(const std::map<std::string, std::size_t>& queued,
                                               const cardprofiles::Profiles& profiles);

}  // namespace zegel::station
