#include "station/orders/decision.h"

#include "drivers/base/failure.h"
#include "station/orders/json_node.h"
#include "station/orders/order_form.h"
#include "station/orders/strict_object.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace zegel::station {
namespace {

constexpr std::size_t LargestDecision = std::size_t{16} << 10U;

constexpr std::array Acts{Decision::Act::Hold, Decision::Act::Release, Decision::Act::Cancel};

bool isAct(std::string_view text) {
    return std::ranges::any_of(Acts, [&](auto act) { return nameOf(act) == text; });
}

Decision::Act actNamed(std::string_view text) {
    const auto found = std::ranges::find(Acts, text, [](auto act) { return nameOf(act); });
    return found == Acts.end() ? Decision::Act::Hold : *found;
}

}  // namespace

std::string_view nameOf(Decision::Act act) noexcept {
    switch (act) {
        case Decision::Act::Hold: return "hold";
        case Decision::Act::Release: return "release";
        case Decision::Act::Cancel: return "cancel";
    }
    return {};
}

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
        const auto act =
            fields.text("act", {.fits = isAct, .form = "\"hold\", \"release\" or \"cancel\""});
        decision.act = actNamed(act);
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
