#include "station/api/four_eyes.h"
#include "station/api/handlers.h"
#include "station/api/secret_field.h"
#include "station/api/views.h"
#include "station/desk/revocation_desk.h"
#include "station/orders/json_node.h"
#include "station/orders/order_form.h"
#include "station/orders/strict_object.h"

#include <algorithm>
#include <sstream>

namespace zegel::station {
namespace {

constexpr std::size_t LongestNumber = 64;
constexpr std::size_t LongestName = 32;

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Fault::OrderUnusable, "the body, " + why + "; correct it and send it again"};
}

/// The body without its code. Nothing of it is quoted but the id: in any other field a slip may
/// have put the code.
RevocationRequest readRequest(const std::string& shown, const Client& client) {
    std::istringstream in{shown};
    const auto top =
        readJson(in, "the body", {.octets = shown.size() + 1, .elementOctets = shown.size() + 1});
    Complaints complaints;
    const StrictObject fields{top, "", complaints, {"id", "number", "code", "reason"}};
    RevocationRequest request;
    request.id = fields.text("id", {.fits = isReference, .form = ReferenceForm});
    request.number = fields.text("number", {.longest = LongestNumber});
    const auto reason = fields.text("reason", {.longest = LongestName});
    if (!complaints.empty()) refuse(complaints.joined());
    request.reason = cardReasonFrom(reason, "reason");
    request.client = personOf(client);
    return request;
}

Answer notNow(TimePoint next, const Workplace& place, const Request& request) {
    auto answer =
        problem(429,
                "too many wrong codes: the next one is looked at from " + toRfc3339(next) +
                    " on; the desk revokes the card without the code, by two persons",
                request.id);
    const auto seconds = std::max<std::int64_t>(1, (next - place.clock.now()).count());
    answer.headers.emplace_back("Retry-After", std::to_string(seconds));
    return answer;
}

}  // namespace

Person personOf(const Client& client) {
    return {client.name, client.fingerprint};
}

Answer answerRevocation(const Workplace& place, const Request& request) {
    const auto parted = partSecret(request.secretBody, "code");
    const auto wanted = readRequest(parted.shown, request.client);
    if (!parted.secret) refuse("line 1: code: is missing; fill it in");
    const auto taken = place.revoke(wanted, *parted.secret);
    switch (taken.verdict.kind) {
        case CodeVerdict::Kind::NotNow: return notNow(*taken.verdict.next, place, request);
        case CodeVerdict::Kind::Wrong:
            return problem(409,
                           "number and code do not belong together; nothing was revoked; compare "
                           "both, or have the desk revoke the card without the code",
                           request.id);
        case CodeVerdict::Kind::Right: break;
    }
    auto body = inOrder();
    body.set("revocation", wanted.id);
    body.set("order", taken.verdict.revocation->order.value());
    body.set("outcome", taken.outcome);
    return jsonAnswer(body);
}

Answer answerRevokeCard(const Workplace& place, const Request& request) {
    const auto given = givenIn(request, {"crlReason"});
    const auto reason = cardReasonFrom(*given.crlReason, "crlReason");
    if (!place.ledger.order(OrderId{request.parameters.front()})) return unknown("order", request);
    return askForSecond(place, request, "revoke-card", given, std::string{nameOf(reason)});
}

Answer answerUnblocked(const Workplace& place, const Request& request) {
    const auto given = givenIn(request);
    const ChipSerial card{request.parameters.front()};
    if (!place.ledger.card(card)) return unknown("card", request);
    auto body = inOrder();
    body.set("decision", given.id);
    body.set("outcome",
             place.recordUnblocked(given.id, card, personOf(request.client), given.reason));
    return jsonAnswer(body);
}

Answer answerDestroyCard(const Workplace& place, const Request& request) {
    const auto given = givenIn(request);
    if (!place.ledger.card(ChipSerial{request.parameters.front()})) {
        return unknown("card", request);
    }
    return askForSecond(place, request, "destroy-card", given);
}

}  // namespace zegel::station
