#pragma once

#include "tests/bench/figures.h"
#include "tests/house/house.h"

#include <memory>
#include <vector>

namespace zegel::bench {

/// Three RSA-2048 keys made by the station and imported. No product: for the figures only.
inline constexpr const char* ImportedRsa = "bench-rsa2048-imported";
inline constexpr const char* ShippedP256 = "group-card-p256";

/// A whole house that makes cards with a watch in the hand.
class Workshop {
public:
    Workshop();

    /// Makes one card of the profile on the blank chip that the reader holds.
    /// `tally` is the chip's. Errors: the Failure that ended the walk.
    CardFigures makeCard(drivers::Reader& reader, const std::string& profile, ChipTally& tally);

    /// What making one RSA-2048 key takes the station; they are made ahead of the cards.
    Span keyMaking() const { return medianOf(keyMakings_); }

    tests::House& house() noexcept { return house_; }

private:
    void walk(TimedSession& session, const std::string& profile, CardFigures& card);
    void offerImportedRsa();
    void makeKeysAhead();
    void layOutKeys();
    station::StationKey keyMadeAhead(KeyAlgorithm algorithm);

    tests::House house_;
    TimedAuthority authority_{*house_.authority};
    std::vector<station::StationKey> made_;
    std::vector<station::StationKey> laidOut_;  ///< for the next card
    std::vector<Span> keyMakings_;
    std::size_t taken_ = 0;
    int orders_ = 0;
};

/// The kind of chip that every row is made on: the newest that Debian's yubico-piv-tool can guard.
inline constexpr const char* ChipModel = "5.4";

/// Cards in a reader of this process.
std::vector<CardFigures> cardsInProcess(Workshop& workshop, const std::string& profile, int cards);

}  // namespace zegel::bench
