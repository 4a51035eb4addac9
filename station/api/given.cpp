#include "station/api/given.h"

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

Given read(const Request& request, const JsonNode& top, Complaints& complaints,
           std::initializer_list<std::string_view> besides) {
    const auto may = [&](std::string_view field) {
        return std::ranges::find(besides, field) != besides.end();
    };
    const StrictObject fields =
        besides.size() == 0 ? StrictObject(top, "", complaints, {"id", "reason"})
                            : StrictObject(top, "", complaints, {"id", "reason", *besides.begin()});
    Given given;
    given.id = fields.text("id", {.fits = isReference, .form = ReferenceForm});
    given.reason = fields.text("reason", {.longest = LongestReason});
    given.by = request.client.who();
    if (may("batch")) {
        given.batch = fields.text("batch", {.fits = isReference, .form = ReferenceForm});
    }
    if (may("serial")) {
        given.serial =
            fields.textIfAny("serial", {.longest = LongestSerial,
                                        .fits = isSerial,
                                        .form = "pairs of digits from 0 to 9 and A to F"});
    }
    if (may("crlReason")) given.crlReason = fields.text("crlReason", {.longest = LongestReason});
    return given;
}

}  // namespace

Given givenIn(const Request& request, std::initializer_list<std::string_view> besides) {
    std::istringstream in{request.body};
    const JsonNode top =
        readJson(in, "the body",
                 {.octets = request.body.size() + 1, .elementOctets = request.body.size() + 1});
    Complaints complaints;
    Given given;
    if (top.kind == JsonNode::Kind::Object) {
        given = read(request, top, complaints, besides);
    } else {
        complaints.add(top.line, "", "is not an object: { ... }");
    }
    if (complaints.empty()) return given;
    throw Failure{Fault::OrderUnusable,
                  "the body, " + complaints.joined() + "; correct it and send it again"};
}

}  // namespace zegel::station
