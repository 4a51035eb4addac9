#include "station/ledger/approved_acts.h"

#include "drivers/base/failure.h"

#include <string>

namespace zegel::station {
namespace {

constexpr ApprovedAct Acts[]{{"revoke-card", expectRevocable, revokeApproved},
                             {"destroy-card", expectDestructible, destroyApproved},
                             {"reprint-letter", expectReprintable, reprintApproved}};

}  // namespace

const ApprovedAct& approvedActNamed(std::string_view name) {
    for (const auto& act : Acts) {
        if (act.name == name) return act;
    }
    throw Failure{Fault::Defect, "the ledger knows no act " + std::string{name}};
}

}  // namespace zegel::station
