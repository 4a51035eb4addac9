#include "station/report/batch_report.h"

#include <initializer_list>

namespace zegel::station {
namespace {

/// Source: RFC 4180, 2. What a spreadsheet would take for a formula is given an apostrophe, which
/// it shows as text.
std::string cell(const std::string& text) {
    const bool formula =
        !text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos;
    auto shown = formula ? "'" + text : text;
    if (shown.find_first_of(",\"\r\n") == std::string::npos) return shown;
    std::string quoted{'"'};
    for (const auto c : shown) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string line(std::initializer_list<std::string> cells) {
    std::string text;
    for (const auto& each : cells)
        text += (text.empty() ? "" : ",") + cell(each);
    return text + "\r\n";
}

}  // namespace

void writeCsv(std::ostream& out, const BatchReport& report) {
    out << line({"order", "position", "state", "certificateName", "certificateNumber", "chipSerial",
                 "letter", "reason", "at"});
    giveOrders(report, [&](const OrderStatus& status) {
        out << line({status.order.value(), std::to_string(status.position), status.state,
                     status.certificateName,
                     status.certificateNumber ? status.certificateNumber->value() : "",
                     status.chipSerial ? status.chipSerial->value() : "",
                     status.letterState.value_or(""), status.reason, toRfc3339(status.at)});
    });
}

}  // namespace zegel::station
