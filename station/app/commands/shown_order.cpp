#include "station/app/commands/shown_order.h"

#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <iostream>

namespace zegel::station {
namespace {

using Poco::JSON::Object;

/// What a person may do about an order in that state; nothing when it goes on by itself.
std::string nextStep(const std::string& order, const std::string& state) {
    if (state == "on-hold") {
        return "zegel order release " + order + " --by WHO --why TEXT, or zegel order cancel " +
               order + " --by WHO --why TEXT";
    }
    return {};
}

void printCertificates(const Object& order) {
    std::vector<std::vector<std::string>> rows{{"  FOR", "STATE", "CHIP", "SERIAL", "UNTIL"}};
    for (const auto& certificate : objectsIn(order, "certificates")) {
        rows.push_back({"  " + text(certificate, "purpose"), text(certificate, "state"),
                        text(certificate, "chipSerial"), orDash(text(certificate, "serial")),
                        orDash(text(certificate, "notAfter"))});
    }
    if (rows.size() == 1) return;
    std::cout << '\n' << asTable(rows);
}

void printOrder(const Object& order) {
    std::cout << "order " << text(order, "order") << " of batch " << text(order, "batch") << ": "
              << text(order, "state") << " since " << text(order, "at") << '\n';
    const auto tell = [&](const char* what, const char* key) {
        if (const auto value = text(order, key); !value.empty()) {
            std::cout << "  " << what << value << '\n';
        }
    };
    tell("organisation        ", "organisation");
    tell("profile             ", "profile");
    tell("certificate name    ", "certificateName");
    tell("certificate number  ", "certificateNumber");
    tell("chip                ", "chipSerial");
    if (const auto letter = text(order, "letterId"); !letter.empty())
        std::cout << "  letter              " << letter << ", " << text(order, "letter") << '\n';
    if (const auto sent = text(order, "dispatchedAt"); !sent.empty()) {
        const auto track = text(order, "track");
        std::cout << "  dispatched          " << sent << " by " << text(order, "dispatchedBy")
                  << (track.empty() ? "" : ", track and trace " + track) << '\n';
    }
    for (const auto& loan : objectsIn(order, "loans"))
        std::cout << "  on loan             " << text(loan, "kind") << ' ' << text(loan, "serial")
                  << '\n';
    if (const auto reason = text(order, "reason"); !reason.empty()) {
        std::cout << folded("why: " + reason, "  ");
    }
    const bool wasNeverTaken = text(order, "state") == "rejected" && text(order, "profile").empty();
    const auto next = wasNeverTaken ? "to be corrected and sent again under a new id"
                                    : nextStep(text(order, "order"), text(order, "state"));
    if (!next.empty()) std::cout << "  next: " << next << '\n';
    printCertificates(order);
}

}  // namespace

std::vector<std::string> rowOf(const OrderStatus& order) {
    return {order.order.value(),
            orDash(order.profile),
            orDash(order.chipSerial ? order.chipSerial->value() : ""),
            orDash(order.certificateName),
            orDash(order.certificateNumber ? order.certificateNumber->value() : ""),
            order.state,
            orDash(order.letterState.value_or(""))};
}

std::string remarkOn(const OrderStatus& order) {
    if (order.reason.empty()) return {};
    auto remark = folded(order.order.value() + ": " + order.reason, "  ");
    if (order.state == "on-hold") {
        remark += "    " + nextStep(order.order.value(), order.state) + "\n";
    }
    return remark;
}

int tellOrder(const Object& order, bool asJson) {
    asJson ? printJson(order) : printOrder(order);
    return Done;
}

}  // namespace zegel::station
