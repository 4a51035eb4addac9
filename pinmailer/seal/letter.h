#pragma once

#include "drivers/base/clock.h"
#include "drivers/base/ids.h"
#include "pinmailer/seal/sealer.h"

#include <string>
#include <vector>

namespace zegel::seal {

/// What the print room gets for one letter, once it may leave: everything on the paper, with the
/// codes still sealed. Signed by the station, so a letter cannot be forged or readdressed.
struct ReleasedLetter {
    LetterId letter;
    std::string templateName;          ///< "pin-letter"
    std::string language;              ///< "nl", "en"
    std::vector<std::string> address;  ///< three to six lines, ready to print
    std::string organisation;          ///< of the subject
    std::string certificateName;       ///< the group's name
    std::string certificateNumberEnd;  ///< last digits only
    std::string orderReference;        ///< the order id
    std::string carrier;               ///< "smart-card", "usb-token": words differ
    int pinTries = 0;
    int pukTries = 0;
    TimePoint releasedAt{};
    std::string releasedBy;  ///< the rule and its evidence: "receipt of 2026-11-21"
    Bytes sealedCodes;       ///< SealedCodes::der()
};

/// JSON (UTF-8), then `Sealer::sign`. The file the station lays out for the print room.
Bytes encode(const ReleasedLetter& letter);

/// Errors: SealBroken naming the field that is missing or wrong.
ReleasedLetter decodeReleasedLetter(ByteView json);

}  // namespace zegel::seal
