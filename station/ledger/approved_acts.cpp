#include "station/ledger/approved_acts.h"

#include "drivers/base/failure.h"
#include "station/ledger/store.h"

#include <string>

namespace zegel::station {
namespace {

std::string chipIn(Poco::Data::RecordSet rows) {
    return rows.moveFirst() ? textAt(rows, "chip") : std::string{};
}

std::string chipOfOrder(Store& store, const std::string& order) {
    return chipIn(store.select("SELECT coalesce(chip,'') AS chip FROM orders WHERE id=?", order));
}

std::string chipOfLetter(Store& store, const std::string& letter) {
    return chipIn(
        store.select("SELECT coalesce(o.chip,'') AS chip FROM letters l JOIN orders o ON "
                     "o.id=l.order_id AND o.letter=l.id WHERE l.id=?",
                     letter));
}

std::string chipItself(Store&, const std::string& chip) {
    return chip;
}

/// Given back and taken once more, it is in other hands than those that were called gone.
std::string chipAndTaking(Store& store, const std::string& letter) {
    return chipIn(store.select(
        "SELECT coalesce(o.chip,'') || ', its letter taken as ' || l.taken_id AS chip "
        "FROM letters l JOIN orders o ON o.id=l.order_id AND o.letter=l.id WHERE l.id=?",
        letter));
}

constexpr ApprovedAct Acts[]{
    {"revoke-card", expectRevocable, revokeApproved, chipOfOrder},
    {"reissue-codes", expectReissuable, reissueApproved, chipOfLetter, false},
    {"destroy-card", expectDestructible, destroyApproved, chipItself},
    {"reprint-letter", expectReprintable, reprintApproved, chipOfLetter},
    {"settle-abandoned", expectAbandoned, settleAbandoned, chipAndTaking},
};

}  // namespace

const ApprovedAct& approvedActNamed(std::string_view name) {
    for (const auto& act : Acts) {
        if (act.name == name) return act;
    }
    throw Failure{Fault::Defect, "the ledger knows no act " + std::string{name}};
}

std::optional<std::string> waitingApproval(Connection& from, std::string_view act,
                                           std::string_view subject, std::int64_t now) {
    auto rows =
        from.select("SELECT id FROM approvals WHERE act=? AND subject=? AND state=? AND expires>?",
                    act, subject, nameOf(ApprovalState::Open), now);
    if (!rows.moveFirst()) return std::nullopt;
    return textAt(rows, "id");
}

}  // namespace zegel::station
