#pragma once

#include "cardprofiles/profile.h"
#include "drivers/cards/card_driver.h"
#include "station/ledger/ledger.h"

#include <string>

namespace zegel::station {

/// Makes the chip use the key of a purpose and checks the result with the certificate's public
/// key: a signature, or for confidentiality a secret that only the private key recovers. The PIN
/// has been presented. Errors: CardUntrusted.
void proveKey(cards::CardDriver& chip, const cardprofiles::KeyRule& rule, ByteView certificate);

/// What was tried on the finished card and kept in the ledger, as lines of "what: outcome".
class ProofRecord {
public:
    ProofRecord(const Claim& claim, TimePoint at);
    void add(const cardprofiles::KeyRule& rule, std::string_view certificateSerial);
    void add(std::string_view line);
    const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
};

}  // namespace zegel::station
