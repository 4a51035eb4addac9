#pragma once

#include "drivers/base/strong.h"

#include <string>

namespace zegel {

/// The order system's name for one card to be made.
using OrderId = Strong<std::string, struct OrderIdTag>;
/// The order system's name for a set of orders that arrived together.
using BatchId = Strong<std::string, struct BatchIdTag>;
/// The silicon's or applet's own number, prefixed with the family: "piv-00A1B2C3".
using ChipSerial = Strong<std::string, struct ChipSerialTag>;
/// The short number people write and read out: prefix, year, sequence, check digits.
using CertificateNumber = Strong<std::string, struct CertificateNumberTag>;
/// Opaque and random; the only thing the production room and the print room both see.
using LetterId = Strong<std::string, struct LetterIdTag>;
/// A reader's name as the PC/SC service tells it. It renumbers: never an identity.
using ReaderName = Strong<std::string, struct ReaderNameTag>;

}  // namespace zegel
