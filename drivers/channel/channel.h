#pragma once

#include "drivers/iso7816/apdu.h"

namespace zegel::drivers {

/// Commands in, responses out, in order, one at a time. The one seam of the whole house: a
/// PC/SC card, a secure channel, a transcript, a replay and a simulated chip are all this.
/// Everything that adds something is a decorator; stacks are built of local variables and read
/// downwards.
///
/// Errors: CardPulled, ReaderUnavailable from the transport; CardUntrusted from a secure
/// channel. A status word other than 9000 is not an error here.
class Channel {
public:
    virtual ~Channel() = default;
    virtual iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) = 0;

protected:
    Channel() = default;
    Channel(const Channel&) = default;
    Channel& operator=(const Channel&) = default;
};

}  // namespace zegel::drivers
