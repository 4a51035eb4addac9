#include "station/orders/decision.h"

#include "drivers/base/failure.h"
#include "station/orders/json_node.h"
#include "station/orders/order_form.h"
#include "station/orders/strict_object.h"

#include <filesystem>
#include <fstream>

namespace zegel::station {
namespace {

constexpr std::size_t LargestDecision = std::size_t{16} << 10U;

bool isAct(std::string_view text) {
    return text == "release" || text == "cancel";
}

}  // namespace

Decision readDecision(std::istream& in, const std::string& source) {
    const JsonNode top =
        readJson(in, source, {.octets = LargestDecision, .elementOctets = LargestDecision});
    Complaints complaints;
    Decision decision;
    if (top.kind != JsonNode::Kind::Object) {
        complaints.add(top.line, "", "is not an object: { ... }");
    } else {
        const StrictObject fields(top, "", complaints,
                                  {"$schema", "decision", "order", "act", "by", "why"});
        fields.textIfAny("$schema", {.longest = 256});
        decision.id = fields.text("decision", {.fits = isReference, .form = ReferenceForm});
        decision.order =
            OrderId{fields.text("order", {.fits = isReference, .form = ReferenceForm})};
        const auto act = fields.text("act", {.fits = isAct, .form = "\"release\" or \"cancel\""});
        decision.act = act == "cancel" ? Decision::Act::Cancel : Decision::Act::Release;
        decision.by = fields.text("by", {.longest = 128});
        decision.why = fields.text("why", {.longest = 512});
    }
    if (complaints.empty()) return decision;
    throw Failure(Fault::OrderUnusable,
                  source + ", " + complaints.joined() + "; correct it and lay it out again");
}

Decision readDecisionFile(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path)) {
        throw Failure(Fault::OrderUnusable,
                      name + ": cannot be opened; check that it is a file the station may read");
    }
    return readDecision(in, name);
}

}  // namespace zegel::station
