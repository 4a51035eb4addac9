#include "station/orders/reader_decision.h"

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

using Act = ReaderDecision::Act;

constexpr std::size_t LargestDecision = std::size_t{16} << 10U;
constexpr std::size_t LongestReader = 256;
constexpr std::array Acts{Act::Bind, Act::Free, Act::Resume};

bool isAct(std::string_view text) {
    return std::ranges::any_of(Acts, [&](Act act) { return nameOf(act) == text; });
}

Act actNamed(std::string_view text) {
    const auto found = std::ranges::find(Acts, text, [](Act act) { return nameOf(act); });
    return found == Acts.end() ? Act::Resume : *found;
}

ReaderDecision decisionIn(const JsonNode& top, Complaints& complaints) {
    ReaderDecision decision;
    const StrictObject fields(top, "", complaints,
                              {"$schema", "decision", "reader", "act", "batch", "by", "why"});
    fields.textIfAny("$schema", {.longest = 256});
    decision.id = fields.text("decision", {.fits = isReference, .form = ReferenceForm});
    decision.reader = ReaderName{fields.text("reader", {.longest = LongestReader})};
    decision.act =
        actNamed(fields.text("act", {.fits = isAct, .form = "\"bind\", \"free\" or \"resume\""}));
    const auto batch = fields.textIfAny("batch", {.fits = isReference, .form = ReferenceForm});
    if (batch) decision.batch = BatchId{*batch};
    if (decision.batch.has_value() != (decision.act == Act::Bind)) {
        complaints.add(top.line, "batch", "stands beside the act \"bind\", and only there");
    }
    decision.by = fields.text("by", {.longest = 128});
    decision.why = fields.text("why", {.longest = 512});
    return decision;
}

}  // namespace

std::string_view nameOf(Act act) noexcept {
    switch (act) {
        case Act::Bind: return "bind";
        case Act::Free: return "free";
        case Act::Resume: return "resume";
    }
    return {};
}

ReaderDecision readReaderDecision(std::istream& in, const std::string& source) {
    const JsonNode top =
        readJson(in, source, {.octets = LargestDecision, .elementOctets = LargestDecision});
    Complaints complaints;
    ReaderDecision decision;
    if (top.kind == JsonNode::Kind::Object) {
        decision = decisionIn(top, complaints);
    } else {
        complaints.add(top.line, "", "is not an object: { ... }");
    }
    if (complaints.empty()) return decision;
    throw Failure(Fault::OrderUnusable,
                  source + ", " + complaints.joined() + "; correct it and lay it out again");
}

ReaderDecision readReaderDecisionFile(const std::string& path) {
    const std::string name = std::filesystem::path(path).filename().string();
    std::ifstream in(path, std::ios::binary);
    if (!in || std::filesystem::is_directory(path)) {
        throw Failure(Fault::OrderUnusable,
                      name + ": cannot be opened; check that it is a file the station may read");
    }
    return readReaderDecision(in, name);
}

}  // namespace zegel::station
