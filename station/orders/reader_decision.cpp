#include "station/orders/reader_decision.h"

#include "station/orders/order_form.h"
#include "station/orders/paper.h"

#include <algorithm>
#include <array>

namespace zegel::station {
namespace {

using Act = ReaderDecision::Act;

constexpr std::size_t LongestReader = 256;
constexpr std::array Acts{Act::Bind, Act::Free, Act::Resume};

bool isAct(std::string_view text) {
    return std::ranges::any_of(Acts, [&](Act act) { return nameOf(act) == text; });
}

Act actNamed(std::string_view text) {
    const auto found = std::ranges::find(Acts, text, [](Act act) { return nameOf(act); });
    return found == Acts.end() ? Act::Resume : *found;
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
    ReaderDecision decision;
    decision.id = readPaper(
        in, source, "decision", {"$schema", "decision", "reader", "act", "batch", "by", "why"},
        [&](const StrictObject& fields) {
            decision.reader = ReaderName{fields.text("reader", {.longest = LongestReader})};
            decision.act = actNamed(
                fields.text("act", {.fits = isAct, .form = "\"bind\", \"free\" or \"resume\""}));
            const auto batch =
                fields.textIfAny("batch", {.fits = isReference, .form = ReferenceForm});
            if (batch) decision.batch = BatchId{*batch};
            if (decision.batch.has_value() != (decision.act == Act::Bind)) {
                fields.complain("batch", "stands beside the act \"bind\", and only there");
            }
            decision.by = fields.text("by", {.longest = 128, .asTyped = true});
            decision.why = fields.text("why", {.longest = 512, .asTyped = true});
        });
    return decision;
}

ReaderDecision readReaderDecisionFile(const std::string& path) {
    auto in = openPaper(path);
    return readReaderDecision(in, std::filesystem::path(path).filename().string());
}

}  // namespace zegel::station
