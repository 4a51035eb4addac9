#include "station/api/four_eyes.h"
#include "station/api/handlers.h"
#include "station/api/views.h"

namespace zegel::station {
namespace {

std::optional<Approval> seen(const Workplace& place, const Request& request) {
    auto approval = place.ledger.approvals().approval(request.parameters.front());
    if (!approval || !maySee(*approval, request.client.roles)) return std::nullopt;
    return approval;
}

Answer answer(const Workplace& place, const Request& request, bool grants) {
    const auto given = givenIn(request);
    const auto approval = seen(place, request);
    if (!approval) return unknown("approval", request);
    const auto person = personOf(request.client);
    const bool takesBack = !grants && approval->asker.fingerprint == person.fingerprint;
    if (!takesBack && !maySecond(approval->act, request.client.roles)) {
        return problem(403, "no role of this certificate may be the second for " + approval->act,
                       request.id);
    }
    return jsonAnswer(
        viewOf(place.answerApproval({given.id, approval->id, grants, person, given.reason})));
}

}  // namespace

Answer answerApprovals(const Workplace& place, const Request& request) {
    Query query{request.query, {"state", "after", "limit"}};
    const auto after = query.after();
    const auto limit = query.limit();
    const auto wanted = query.text("state");
    const auto state = wanted ? approvalStateNamed(*wanted) : std::nullopt;
    if (!query.objection().empty()) return problem(400, query.objection(), request.id);
    if (wanted && !state) {
        return problem(400, "state is none of open, granted, refused, expired", request.id);
    }
    const auto page = place.ledger.approvals().approvals(state, after, limit);
    Poco::JSON::Array list;
    for (const auto& approval : page) {
        if (maySee(approval, request.client.roles)) list.add(viewOf(approval));
    }
    auto body = inOrder();
    body.set("approvals", list);
    if (page.size() == limit) body.set("next", static_cast<Poco::Int64>(page.back().row));
    return jsonAnswer(body);
}

Answer answerApproval(const Workplace& place, const Request& request) {
    const auto approval = seen(place, request);
    return approval ? jsonAnswer(viewOf(*approval)) : unknown("approval", request);
}

Answer answerGrant(const Workplace& place, const Request& request) {
    return answer(place, request, true);
}

Answer answerRefuse(const Workplace& place, const Request& request) {
    return answer(place, request, false);
}

}  // namespace zegel::station
