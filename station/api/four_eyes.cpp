#include "station/api/four_eyes.h"

#include "station/api/handlers.h"
#include "station/api/rights.h"
#include "station/api/views.h"

#include <algorithm>

namespace zegel::station {
namespace {

using enum Role;

constexpr FourEyes Acts[]{
    {"revoke-card", "revokeCard", {Supervisor}},
    {"destroy-card", "destroyCard", {Operator, Supervisor}},
    {"reprint-letter", "reprintLetter", {Dispatch, Supervisor}},  // never two of the print room
    {"reissue-codes",
     "reissueCodes",
     {Supervisor},
     "no station can give this card other codes: once this is granted the card is revoked, its "
     "sealed codes are destroyed, and the order system hears that the order wants another card"},
    {"settle-abandoned", "settleAbandoned", {Dispatch, Supervisor}},
};

const FourEyes* actNamed(std::string_view act) {
    const auto* found = std::ranges::find(Acts, act, &FourEyes::act);
    return found == std::end(Acts) ? nullptr : found;
}

Poco::JSON::Object viewOf(const Person& person) {
    auto view = inOrder();
    view.set("name", person.name);
    view.set("certificate", person.fingerprint);
    return view;
}

}  // namespace

std::span<const FourEyes> fourEyes() noexcept {
    return Acts;
}

bool mayAsk(std::string_view act, RoleSet client) {
    const auto* known = actNamed(act);
    if (known == nullptr) return false;
    const auto all = rights();
    const auto right = std::ranges::find(all, known->operation, &Right::operation);
    return right != all.end() && right->allows(client);
}

bool maySecond(std::string_view act, RoleSet client) {
    const auto* known = actNamed(act);
    return known != nullptr && known->second.meets(client);
}

bool maySee(const Approval& approval, RoleSet client) {
    return client.holds(Role::Auditor) || client.holds(Role::Administrator) ||
           mayAsk(approval.act, client) || maySecond(approval.act, client);
}

Answer askForSecond(const Workplace& place, const Request& request, std::string_view act,
                    const Given& given, const std::string& detail) {
    const bool before = place.ledger.approvals().approval(given.id).has_value();
    const auto approval =
        place.askApproval({given.id, std::string{act}, request.parameters.front(), detail,
                           personOf(request.client), given.reason, place.approvalsLast});
    return jsonAnswer(viewOf(approval), before ? 200 : 202);
}

Poco::JSON::Object viewOf(const Approval& approval) {
    auto view = inOrder();
    view.set("approval", approval.id);
    view.set("act", approval.act);
    view.set("subject", approval.subject);
    if (!approval.detail.empty()) view.set("detail", approval.detail);
    if (const auto* act = actNamed(approval.act); act != nullptr && !act->meaning.empty())
        view.set("meaning", std::string{act->meaning});
    view.set("state", std::string{nameOf(approval.state)});
    view.set("asker", viewOf(approval.asker));
    view.set("reason", approval.why);
    view.set("at", toRfc3339(approval.at));
    view.set("expires", toRfc3339(approval.expires));
    if (approval.second) view.set("second", viewOf(*approval.second));
    if (!approval.answer.empty()) view.set("answer", approval.answer);
    if (approval.ended) view.set("ended", toRfc3339(*approval.ended));
    return view;
}

}  // namespace zegel::station
