#include "station/orders/decision.h"

#include "station/orders/order_form.h"
#include "station/orders/paper.h"

#include <algorithm>
#include <array>

namespace zegel::station {
namespace {

constexpr std::array Acts{Decision::Act::Hold, Decision::Act::Release, Decision::Act::Cancel,
                          Decision::Act::Reject};

bool isAct(std::string_view text) {
    return std::ranges::any_of(Acts, [&](auto act) { return nameOf(act) == text; });
}

Decision::Act actNamed(std::string_view text) {
    const auto found = std::ranges::find(Acts, text, [](auto act) { return nameOf(act); });
    return found == Acts.end() ? Decision::Act::Hold : *found;
}

/// An order, or a batch.
void readWhat(const StrictObject& fields, Decision& decision) {
    const TextRule id{.fits = isReference, .form = ReferenceForm};
    const auto order = fields.textIfAny("order", id);
    const auto batch = fields.textIfAny("batch", id);
    const bool namesOrder = fields.find("order") != nullptr;
    const bool namesBatch = fields.find("batch") != nullptr;
    if (!namesOrder && !namesBatch) fields.complain("order", "is missing; name one, or a batch");
    if (namesOrder && namesBatch)
        fields.complain("batch", "stands beside an order; name one of the two");
    decision.order = OrderId{order.value_or("")};
    if (batch) decision.batch = BatchId{*batch};
}

}  // namespace

std::string_view nameOf(Decision::Act act) noexcept {
    switch (act) {
        case Decision::Act::Hold: return "hold";
        case Decision::Act::Release: return "release";
        case Decision::Act::Cancel: return "cancel";
        case Decision::Act::Reject: return "reject";
    }
    return {};
}

Decision readDecision(std::istream& in, const std::string& source) {
    Decision decision;
    decision.id = readPaper(
        in, source, "decision", {"$schema", "decision", "order", "batch", "act", "by", "why"},
        [&](const StrictObject& fields) {
            readWhat(fields, decision);
            decision.act = actNamed(fields.text(
                "act", {.fits = isAct, .form = "\"hold\", \"release\", \"cancel\" or \"reject\""}));
            if (decision.batch && decision.act == Decision::Act::Reject)
                fields.complain("act", "\"reject\" is for an order, whose applicant is told why");
            decision.by = fields.text("by", {.longest = 128, .asTyped = true});
            decision.why = fields.text("why", {.longest = 512, .asTyped = true});
        });
    return decision;
}

Decision readDecisionFile(const std::string& path) {
    auto in = openPaper(path);
    return readDecision(in, std::filesystem::path(path).filename().string());
}

}  // namespace zegel::station
