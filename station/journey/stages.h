#pragma once

#include "station/journey/house.h"

#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace zegel::station {

/// What a walk carries from step to step.
struct Luggage {
    Claim claim;
    const cardprofiles::Profile& profile;
    const House& house;
    Guest* guest = nullptr;
    std::map<Purpose, std::string> origins{};  ///< where each key came from, for the proof record

    cards::CardDriver& chip() const { return *guest->driver; }
};

/// A stage is proof that every step before it happened. Only its own step can make one, and the
/// next step consumes it, so a card cannot be walked twice or out of order: sealing before the
/// chip obeys does not compile.
class Stage {
public:
    Stage(Stage&&) noexcept = default;
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    Stage& operator=(Stage&&) = delete;

protected:
    explicit Stage(Luggage luggage) : luggage_(std::move(luggage)) {}
    ~Stage() = default;

    Luggage luggage_;
};

/// A key that stands on the chip.
struct MadeKey {
    cardprofiles::KeyRule rule;
    Bytes spki;
    openssl::PkeyPtr inStation;  ///< set for a key that was imported: it signs its own request
};

/// A certificate that the CA issued, that passed its checks and waits for the card's word.
struct CardCertificate {
    CertificateRow row;
    cardprofiles::KeyRule rule;
    std::unique_ptr<PendingCertificate> pending;
};

/// The codes of one card on their way to the chip and the seal.
struct DrawnCodes {
    seal::Codes codes;
    std::string revocationHash;  ///< made on purpose slowly, so while the chip makes its keys
};

class Admitted : public Stage {
    friend Admitted admit(const Claim& claim, const House& house);
    friend class Met meetChip(Admitted&& admitted, Guest& guest);
    using Stage::Stage;
};

class Met : public Stage {
    friend Met meetChip(Admitted&& admitted, Guest& guest);
    friend class Opened openChip(Met&& met);
    using Stage::Stage;
};

class Opened : public Stage {
    friend Opened openChip(Met&& met);
    friend class Keyed makeKeys(Opened&& opened);
    using Stage::Stage;
};

class Keyed : public Stage {
    friend Keyed makeKeys(Opened&& opened);
    friend class Certified certify(Keyed&& keyed);
    Keyed(Luggage luggage, std::vector<std::future<CardCertificate>> questions,
          std::future<DrawnCodes> drawing)
        : Stage(std::move(luggage)),
          questions_(std::move(questions)),
          drawing_(std::move(drawing)) {}

    std::vector<std::future<CardCertificate>> questions_;  ///< the CA is working on them
    std::future<DrawnCodes> drawing_;
};

class Certified : public Stage {
    friend Certified certify(Keyed&& keyed);
    friend class Guarded guardChip(Certified&& certified);
    Certified(Luggage luggage, std::vector<CardCertificate> certificates, DrawnCodes drawn)
        : Stage(std::move(luggage)),
          certificates_(std::move(certificates)),
          drawn_(std::move(drawn)) {}

    std::vector<CardCertificate> certificates_;
    DrawnCodes drawn_;
};

class Guarded : public Stage {
    friend Guarded guardChip(Certified&& certified);
    friend class Sealed sealCodes(Guarded&& guarded);
    Guarded(Luggage luggage, std::vector<CardCertificate> certificates, DrawnCodes drawn)
        : Stage(std::move(luggage)),
          certificates_(std::move(certificates)),
          drawn_(std::move(drawn)) {}

    std::vector<CardCertificate> certificates_;
    DrawnCodes drawn_;
};

class Sealed : public Stage {
    friend Sealed sealCodes(Guarded&& guarded);
    friend class Proved proveCard(Sealed&& sealed);
    Sealed(Luggage luggage, std::vector<CardCertificate> certificates, SecretBytes pin)
        : Stage(std::move(luggage)), certificates_(std::move(certificates)), pin_(std::move(pin)) {}

    std::vector<CardCertificate> certificates_;
    SecretBytes pin_;  // the proof signs with it; wiped with this stage
};

class Proved : public Stage {
    friend Proved proveCard(Sealed&& sealed);
    friend struct Produced report(Proved&& proved);
    Proved(Luggage luggage, std::string record)
        : Stage(std::move(luggage)), record_(std::move(record)) {}

    std::string record_;
};

/// What is left when a card is made: names and numbers.
struct Produced {
    OrderId order;
    ChipSerial chip;
    CertificateNumber number;
    std::string name;
    LetterId letter;
};

/// The order, and the key that its group keeps, against its profile once more: profiles may have
/// changed since. Errors: OrderUnusable, TokenUnavailable.
Admitted admit(const Claim& claim, const House& house);
/// The chip against the profile. Errors: CardUnsuitable.
Met meetChip(Admitted&& admitted, Guest& guest);
/// Factory keys and factory PIN, both ways. Errors: CardUnsuitable, CardUntrusted.
Opened openChip(Met&& met);
/// Every key of the profile, made on the chip or imported; the CA is asked for the certificate of
/// each while the next is made, and the codes are drawn meanwhile. Errors: CardRefused,
/// CardUntrusted, TokenUnavailable.
Keyed makeKeys(Opened&& opened);
/// Numbers that a code must not repeat: of the order, the card and the organisation.
std::vector<std::string> numbersOf(const Claim& claim);

/// Every answer of the CA checked and written down, certificates on the chip. Errors:
/// AuthorityUnavailable, AuthorityRefused, CardRefused.
Certified certify(Keyed&& keyed);
/// Tries, PIN, PUK and the chip's own keys. Errors: CardRefused, TokenUnavailable.
Guarded guardChip(Certified&& certified);
/// The PIN tried on the chip, the codes sealed, the letter held. Errors: CardUntrusted, Defect.
Sealed sealCodes(Guarded&& guarded);
/// Power off, and everything as a stranger would meet it; then the CA hears that the card has its
/// certificates. Errors: CardUntrusted, AuthorityUnavailable, AuthorityRefused.
Proved proveCard(Sealed&& sealed);
/// The ledger hears that the card is made.
Produced report(Proved&& proved);

}  // namespace zegel::station
