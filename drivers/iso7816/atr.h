#pragma once

#include "drivers/base/bytes.h"

#include <optional>

namespace zegel::iso7816 {

/// What the card says of its own commands in its historical bytes: the third software function
/// table (ISO/IEC 7816-4:2020, 12.1.1.9).
struct CardCapabilities {
    bool commandChaining = false;
    bool extendedLength = false;  ///< extended Lc and Le fields
};

/// Answer to reset (ISO/IEC 7816-3:2006, 8.2).
struct Atr {
    bool offersT0 = false;
    bool offersT1 = false;
    Bytes historical;
    std::optional<CardCapabilities> capabilities;  ///< nothing when the card does not say
};

/// Nothing when the octets are no answer to reset: wrong first octet, cut short, octets left
/// over, or a check octet that does not match.
std::optional<Atr> parseAtr(ByteView octets);

/// Whether the card says that it takes extended Lc and Le. The reader has a say of its own
/// (CardSession::carriesExtended).
bool saysExtendedLength(ByteView atr);

}  // namespace zegel::iso7816
