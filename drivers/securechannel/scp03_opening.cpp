#include "drivers/securechannel/scp03_opening.h"

#include "drivers/base/hex.h"

#include <utility>

namespace zegel::securechannel {
namespace {

using iso7816::CommandApdu;

constexpr std::uint8_t ProprietaryClass = 0x80;
constexpr std::uint8_t InitializeUpdate = 0x50;
constexpr std::uint8_t Scp03 = 3;
constexpr std::uint8_t SixteenOctetMode = 0x01;
constexpr std::size_t DiversificationLength = 10;
constexpr std::size_t KeyInformationEnd = DiversificationLength + 3;
constexpr std::size_t CryptogramLength = 8;
constexpr std::size_t SequenceLength = 3;
constexpr std::size_t ShortestAnswer =
    KeyInformationEnd + Scp03Opening::ChallengeLength + CryptogramLength;

Failure unusable(std::size_t length) {
    return Failure{Fault::CardUntrusted, "the answer to INITIALIZE UPDATE has " +
                                             std::to_string(length) +
                                             " octets, which SCP03 does not know; reject the card"};
}

Scp03Opening readAnswer(ByteView answer) {
    if (answer.size() < KeyInformationEnd) throw unusable(answer.size());
    Scp03Opening opening;
    const auto take = [&answer](std::size_t count) {
        const auto part = answer.first(count);
        answer = answer.subspan(count);
        return Bytes{part.begin(), part.end()};
    };
    const auto whole = answer.size();
    opening.diversification = take(DiversificationLength);
    const auto key = take(3);
    if (key[1] != Scp03) {
        throw Failure{Fault::CardUnsuitable, "the card opens SCP" +
                                                 toHex(ByteView{key}.subspan(1, 1)) +
                                                 ", not SCP03; choose a driver that speaks it"};
    }
    opening.keyVersion = key[0];
    opening.options = key[2];
    if ((opening.options & SixteenOctetMode) != 0) {
        throw Failure{
            Fault::CardUnsuitable,
            "the card's SCP03 has cryptograms of 16 octets (S16), which this station does "
            "not speak; set the card aside"};
    }
    const auto expected =
        ShortestAnswer + (opening.hasPseudoRandomChallenge() ? SequenceLength : 0);
    if (whole != expected) throw unusable(whole);
    opening.cardChallenge = take(Scp03Opening::ChallengeLength);
    opening.cardCryptogram = take(CryptogramLength);
    opening.sequence = take(answer.size());
    return opening;
}

}  // namespace

Scp03Opening initializeUpdate(drivers::Channel& card, std::uint8_t keyVersion,
                              Bytes hostChallenge) {
    if (hostChallenge.size() != Scp03Opening::ChallengeLength) {
        throw Failure{Fault::Defect, "an SCP03 host challenge has 8 octets"};
    }
    const auto response = card.transmit(CommandApdu{
        {ProprietaryClass, InitializeUpdate, keyVersion, 0}, hostChallenge, CommandApdu::AllShort});
    if (response.status != iso7816::sw::Ok) {
        throw Failure{Fault::CardRefused, "the card answered INITIALIZE UPDATE for key version " +
                                              toHex({&keyVersion, 1}) + " with " +
                                              describe(response.status) +
                                              "; check the profile's key version"};
    }
    auto opening = readAnswer(response.data);
    if (keyVersion != 0 && opening.keyVersion != keyVersion) {
        throw Failure{Fault::CardUntrusted, "asked for key version " + toHex({&keyVersion, 1}) +
                                                ", the card answered with version " +
                                                toHex({&opening.keyVersion, 1}) +
                                                "; reject the card"};
    }
    opening.hostChallenge = std::move(hostChallenge);
    return opening;
}

}  // namespace zegel::securechannel
