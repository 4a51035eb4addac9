#include "station/api/given.h"

#include "station/api/handlers.h"
#include "station/api/views.h"
#include "station/orders/doubt_verdict.h"
#include "station/orders/json_node.h"
#include "station/orders/order_form.h"
#include "station/orders/strict_object.h"

#include <algorithm>
#include <sstream>

namespace zegel::station {
namespace {

constexpr std::size_t LongestReason = 512;
constexpr std::size_t LongestSerial = 40;  // RFC 5280, 4.1.2.2: twenty octets

bool isSerial(std::string_view text) {
    return text.size() % 2 == 0 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
           });
}

bool isOutcome(std::string_view text) {
    return text == "printed" || text == "spoiled";
}

/// What may stand beside id and reason.
struct Besides {
    std::string_view field;
    bool wanted = false;
    TextRule rule;
    std::optional<std::string> Given::*place;
};

const Besides All[]{
    {"batch", true, {.fits = isReference, .form = ReferenceForm}, &Given::batch},
    {"serial",
     false,
     {.longest = LongestSerial, .fits = isSerial, .form = "pairs of digits from 0 to 9 and A to F"},
     &Given::serial},
    {"certificate", false, CertificateText, &Given::certificate},
    {"crlReason", true, {.longest = LongestReason}, &Given::crlReason},
    {"taken", false, {.fits = isReference, .form = ReferenceForm}, &Given::taken},
    {"outcome", true, {.fits = isOutcome, .form = "printed or spoiled"}, &Given::outcome}};

Given read(const Request& request, const JsonNode& top, Complaints& complaints,
           const std::vector<std::string_view>& besides, Reason reason) {
    std::vector<std::string_view> known{besides};
    known.insert(known.begin(), "id");
    if (reason == Reason::Given) known.insert(known.begin() + 1, "reason");
    const StrictObject fields(top, "", complaints, known);
    Given given;
    given.id = fields.text("id", {.fits = isReference, .form = ReferenceForm});
    if (reason == Reason::Given)
        given.reason = fields.text("reason", {.longest = LongestReason, .asTyped = true});
    given.by = request.client.who();
    for (const auto& field : All) {
        if (std::ranges::find(besides, field.field) == besides.end()) continue;
        given.*field.place = field.wanted ? fields.text(field.field, field.rule)
                                          : fields.textIfAny(field.field, field.rule);
    }
    if (std::ranges::find(besides, "unseen") != besides.end()) given.unseen = fields.flag("unseen");
    return given;
}

}  // namespace

Given givenIn(const Request& request, std::initializer_list<std::string_view> besides,
              Reason reason) {
    Given given;
    readBody(request, [&](const JsonNode& top, Complaints& complaints) {
        given = read(request, top, complaints, besides, reason);
    });
    return given;
}

Answer decided(const Workplace& place, const Given& given, Decision decision) {
    decision.id = given.id;
    decision.by = given.by;
    decision.why = given.reason;
    auto body = inOrder();
    body.set("decision", given.id);
    body.set("outcome", place.decide(decision));
    return jsonAnswer(body);
}

void readBody(const Request& request,
              const std::function<void(const JsonNode& top, Complaints& complaints)>& read) {
    std::istringstream in{request.body};
    const JsonNode top =
        readJson(in, "the body",
                 {.octets = request.body.size() + 1, .elementOctets = request.body.size() + 1});
    Complaints complaints;
    if (top.kind == JsonNode::Kind::Object) {
        read(top, complaints);
    } else {
        complaints.add(top.line, "", "is not an object: { ... }");
    }
    if (complaints.empty()) return;
    throw Failure{Fault::OrderUnusable,
                  "the body, " + complaints.joined() + "; correct it and send it again"};
}

}  // namespace zegel::station
