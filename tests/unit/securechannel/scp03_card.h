#pragma once

#include "drivers/channel/channel.h"

#include <functional>
#include <vector>

namespace zegel::securechannel {

/// The card's side of SCP03, written from Amendment D with OpenSSL alone, so that it shares no
/// misreading with the station's side. Once open it knows four commands: 80 CA 00 n gives n octets
/// of 5A, 80 DA takes data, 80 F2 gives 4F with status 6310, anything else is refused with 6A82.
class Scp03Card final : public drivers::Channel {
public:
    /// `options`: i. Keys of 16, 24 or 32 octets.
    Scp03Card(Bytes enc, Bytes mac, std::uint8_t options);

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override;

    std::function<void(Bytes& octets)> onTheWayIn = [](Bytes&) {};
    std::function<void(iso7816::ResponseApdu&)> onTheWayOut = [](iso7816::ResponseApdu&) {};
    std::vector<Bytes> onTheWire;  ///< every command as it came
    Bytes taken;                   ///< data of the last 80 DA, in the clear
    int authentications = 0;       ///< EXTERNAL AUTHENTICATE seen
    bool open = false;

private:
    iso7816::ResponseApdu answer(const Bytes& octets);
    iso7816::ResponseApdu initialize(const Bytes& data);
    iso7816::ResponseApdu authenticate(const Bytes& command, const Bytes& data);
    iso7816::ResponseApdu secured(const Bytes& command, Bytes data);
    iso7816::ResponseApdu act(const Bytes& command, const Bytes& data);
    bool takeMac(const Bytes& command, Bytes& data);
    Bytes derive(const Bytes& key, int constant, int bits) const;
    Bytes counterBlock(int first) const;

    Bytes enc_, mac_;
    std::uint8_t options_;
    Bytes context_, sEnc_, sMac_, sRmac_, chaining_;
    int level_ = 0;
    int counter_ = 0;
};

}  // namespace zegel::securechannel
