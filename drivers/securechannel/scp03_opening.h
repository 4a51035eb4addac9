#pragma once

#include "drivers/base/entropy.h"
#include "drivers/channel/channel.h"

namespace zegel::securechannel {

/// What the two sides said before either proved anything: our challenge and the card's answer to
/// INITIALIZE UPDATE. Nothing in it is proved yet; the key diversification octets are there to
/// find the card's keys by (card_key_diversification.h).
struct Scp03Opening {
    static constexpr std::size_t ChallengeLength = 8;

    Bytes hostChallenge;    ///< 8 octets
    Bytes diversification;  ///< KDD, 10 octets
    std::uint8_t keyVersion = 0;
    std::uint8_t options = 0;  ///< "i": what this card's SCP03 can do
    Bytes cardChallenge;       ///< 8 octets
    Bytes cardCryptogram;      ///< 8 octets
    Bytes sequence;            ///< 3 octets when the card's challenge is pseudo-random, else none

    bool hasPseudoRandomChallenge() const noexcept { return (options & 0x10U) != 0; }
    bool canMacAnswers() const noexcept { return (options & 0x20U) != 0; }
    bool canEncryptAnswers() const noexcept { return (options & 0x60U) == 0x60U; }
};

/// Asks the selected security domain to begin, with its key set of this version; 0 leaves the
/// choice to the card. Counts towards nothing, whatever the keys.
///
/// Errors: CardUnsuitable when the card speaks another protocol, or SCP03 with cryptograms of 16
/// octets (S16), which is not in v1.1.1; CardRefused by a status word; CardUntrusted when the
/// answer is cut, too long or about another key set; Defect when the challenge is not 8 octets.
///
/// Source: GlobalPlatform Card Specification, Amendment D v1.1.1, 7.1.1.
Scp03Opening initializeUpdate(drivers::Channel& card, std::uint8_t keyVersion,
                              Bytes hostChallenge = randomBytes(Scp03Opening::ChallengeLength));

}  // namespace zegel::securechannel
