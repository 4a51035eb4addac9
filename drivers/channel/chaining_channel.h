#pragma once

#include "drivers/channel/channel.h"

namespace zegel::drivers {

/// Carries commands and answers of any length over a chip that may take only short ones
/// (ISO/IEC 7816-4:2020, 5.3): an extended APDU where chip and reader carry it, else command
/// chaining in blocks of 255; gathers answers by GET RESPONSE while the chip says 61xx; repeats a
/// command once with the length the chip names by 6Cxx. A chip that answers 6700 to an extended
/// command gets the same command chained, and from then on chaining only.
///
/// Errors, besides those of the inner channel: CardUntrusted when an answer never ends.
class ChainingChannel final : public Channel {
public:
    /// `extended`: chip and reader carry extended APDUs (iso7816::saysExtendedLength of the ATR,
    /// CardSession::carriesExtended).
    ChainingChannel(Channel& inner, bool extended) : inner_(inner), extended_(extended) {}

    iso7816::ResponseApdu transmit(const iso7816::CommandApdu& command) override;

private:
    iso7816::ResponseApdu sendChained(const iso7816::CommandApdu& command);
    iso7816::ResponseApdu sendOne(const iso7816::CommandApdu& command);
    iso7816::ResponseApdu exchange(const iso7816::CommandApdu& command);
    iso7816::ResponseApdu gather(iso7816::Header header, iso7816::ResponseApdu first);

    Channel& inner_;
    bool extended_;
};

}  // namespace zegel::drivers
