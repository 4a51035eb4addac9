#pragma once

#include "drivers/base/cmac_key.h"
#include "drivers/securechannel/aes_cipher.h"
#include "drivers/securechannel/scp03_keys.h"
#include "drivers/securechannel/scp03_opening.h"

namespace zegel::securechannel {

/// What protects each command and its answer ([GP-D] 7.1.2, P1). Commands always carry a MAC.
enum class Scp03Level : std::uint8_t {
    CommandMac = 0x01,
    CommandEncryption = 0x03,
    BothMacs = 0x11,
    CommandEncryptionBothMacs = 0x13,
    EverythingEncrypted = 0x33
};

struct Scp03Terms {
    Scp03Level level = Scp03Level::EverythingEncrypted;
    /// AID of the selected security domain. When it is named and the card's challenge is
    /// pseudo-random, the challenge must be the one these keys predict.
    Bytes application;
};

/// A channel to a GlobalPlatform card that both sides have proved themselves on: commands go in
/// and answers come out in the clear, and cross the reader under session keys.
///
/// Stands on a channel that gathers answers by GET RESPONSE (drivers/channel/chaining_channel.h).
/// Takes short commands of class 00 or 80 on the basic logical channel only; what is longer is for
/// the caller to cut, as STORE DATA, LOAD and PUT KEY know how to. Where answers carry a MAC every
/// command should expect an answer, since even an empty one has eight octets to bring.
///
/// An answer that is not what the card's own keys would make ends the channel, and so does an
/// exchange that fails below: the two sides no longer count alike. Status words other than 9000,
/// 62xx and 63xx come without data and without proof, as the standard has it: take such an answer
/// for "it did not work", never for a fact about the card.
///
/// Source: GlobalPlatform Card Specification, Amendment D v1.1.1 ([GP-D]), 6.2 and 7.1.
class Scp03Channel final : public drivers::Channel {
public:
    /// Checks the card's cryptogram and only then sends EXTERNAL AUTHENTICATE: a card counts the
    /// failed ones, and some lock for good after a few.
    ///
    /// Errors: CardUntrusted when the card does not know the keys, nothing was sent then;
    /// CardUnsuitable when the card cannot protect answers as the terms ask, likewise;
    /// CardRefused when it does not accept us; TokenUnavailable from the keys.
    Scp03Channel(drivers::Channel& card, const Scp03Opening& opening, const Scp03CardKeys& keys,
                 const Scp03Terms& terms);

    /// Errors: CardUntrusted when the answer's MAC or padding is wrong, or the channel has ended;
    /// Defect when the command is none that this channel takes, nothing was sent then.
    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override;

    /// The most data a command may carry at a level: 247 octets, or 239 when it is encrypted.
    static std::size_t longestData(Scp03Level level) noexcept;

private:
    Scp03Channel(drivers::Channel& card, Scp03SessionKeys keys, Scp03Level level);

    void authenticate(const Scp03Opening& opening);
    void requireFit(const iso7816::CommandApdu& command) const;
    bool protects(std::uint8_t what) const noexcept;
    iso7816::CommandApdu wrapped(const iso7816::CommandApdu& command);
    SecretBytes encrypted(ByteView body);
    iso7816::CommandApdu withMac(iso7816::Header header, ByteView body, std::size_t expected,
                                 iso7816::CommandApdu::Body shown);
    void unwrap(iso7816::ResponseApdu& response);
    void checkMac(iso7816::ResponseApdu& response);
    void decrypt(Bytes& answer);
    AesBlock startingBlock(std::uint8_t first) const;

    drivers::Channel& card_;
    Scp03Level level_;
    SecretBytes enc_;
    MemoryCmacKey mac_;
    MemoryCmacKey answerMac_;
    CmacKey::Tag chaining_{};    ///< the whole MAC of the last command
    std::uint64_t counter_ = 0;  ///< commands since EXTERNAL AUTHENTICATE
    bool open_ = false;
};

}  // namespace zegel::securechannel
