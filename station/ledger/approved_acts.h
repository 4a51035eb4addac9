#pragma once

#include "station/ledger/approval_book.h"
#include "station/ledger/connection.h"

#include <string_view>

namespace zegel::station {

/// What a second person's yes brings about, in the transaction of that yes. Known to
/// station/ledger only: a new act is a row of the table in approved_acts.cpp and its two functions.
struct ApprovedAct {
    std::string_view name;
    /// Asked when the act is wished for, and again before it is done.
    /// Errors: RequestRefused when it is not possible as things are.
    void (*expectPossible)(Store& store, const Approval& approval);
    void (*perform)(Store& store, const Approval& approval);
    /// The chip that such a subject stands for as things are; empty when for none.
    std::string (*cardOf)(Store& store, const std::string& subject);
    bool expires = true;  ///< unless what it stops must not go on because nobody answered
};

/// Errors: Defect when there is none of that name.
const ApprovedAct& approvedActNamed(std::string_view name);

/// The approval of that act that waits for a second person.
std::optional<std::string> waitingApproval(Connection& from, std::string_view act,
                                           std::string_view subject, std::int64_t now);

void expectRevocable(Store& store, const Approval& approval);
void revokeApproved(Store& store, const Approval& approval);
void expectReissuable(Store& store, const Approval& approval);
void reissueApproved(Store& store, const Approval& approval);
void expectDestructible(Store& store, const Approval& approval);
void destroyApproved(Store& store, const Approval& approval);
void expectReprintable(Store& store, const Approval& approval);
void reprintApproved(Store& store, const Approval& approval);
void expectAbandoned(Store& store, const Approval& approval);
void settleAbandoned(Store& store, const Approval& approval);

}  // namespace zegel::station
