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
    int edition = 1;         ///< one more each time that it is given out anew, on purpose
    Bytes sealedCodes;       ///< SealedCodes::der()
};

/// The text that `Sealer::sign` signs; the outcome is the file "<letter id>.letter" that the
/// station lays out for the print room. UTF-8, "zegel-letter 1" and then one "name: value" a line
/// in the order of the fields above, `address` three to six times, `edition` from the second one
/// on, the sealed codes in base64. One spelling for each letter: decode accepts exactly what encode
/// writes. Errors: LetterUnusable naming the field that is empty, too long, not UTF-8 or holds a
/// control character.
Bytes encode(const ReleasedLetter& letter);

/// Errors: SealBroken naming the line and the field that is missing or wrong.
ReleasedLetter decodeReleasedLetter(ByteView text);

}  // namespace zegel::seal
