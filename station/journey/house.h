#pragma once

#include "cardprofiles/profile_file.h"
#include "drivers/base/clock.h"
#include "drivers/cards/card_driver.h"
#include "drivers/reader/reader.h"
#include "pinmailer/seal/sealer.h"
#include "station/authority/authority.h"
#include "station/journey/attestation.h"
#include "station/journey/group_keys.h"
#include "station/ledger/ledger.h"

#include <functional>
#include <memory>
#include <string_view>

namespace zegel::station {

/// The steps of the walk, for whoever watches.
enum class Step {
    Admit,
    MeetChip,
    OpenChip,
    MakeKeys,
    Certify,
    GuardChip,
    SealCodes,
    ProveCard,
    Report
};

/// "making keys", as an operator reads it.
std::string_view nameOf(Step step) noexcept;

/// What every walk leans on. Lives as long as the station; safe for several lines at once.
struct House {
    Ledger& ledger;
    Authority& authority;
    const cardprofiles::Profiles& profiles;
    const seal::Sealer& sealer;
    cards::CardKeys& cardKeys;
    GroupKeys& groupKeys;
    const Clock& clock;
    const AttestationRoots& attestationRoots;
    std::function<void(Step)> tell = [](Step) {};
};

/// A chip that a reader holds and that was asked who it is, before any order is bound to it.
struct Guest {
    drivers::CardSession& session;
    drivers::Channel& channel;  ///< the decorated one that the driver speaks through
    std::unique_ptr<cards::CardDriver> driver;
    cards::ChipCondition condition;
};

/// Asks the chip who it is and looks at what is on it; changes nothing.
/// Errors: CardUnsuitable when no driver knows it.
Guest greet(drivers::CardSession& session, drivers::Channel& channel);

/// Why this chip cannot carry the product, in words for an operator; empty when it can.
std::string complaintOf(const cardprofiles::Profile& profile, const Guest& guest);

}  // namespace zegel::station
