#include "drivers/base/counted.h"
#include "station/app/commands/reports.h"
#include "station/app/printed.h"

#include <Poco/JSON/Array.h>

#include <iostream>

namespace zegel::station {
namespace {

using Poco::JSON::Object;

/// Why the order system does not know everything yet.
void tellOrderSystem(const Object& status) {
    const auto orderSystem = status.getObject("orderSystem");
    if (!orderSystem || !orderSystem->has("undelivered")) return;
    const bool waited = text(*orderSystem, "state") == "waited-for";
    std::cout << '\n'
              << counted(orderSystem->getValue<std::size_t>("undelivered"), "event has",
                         "events have")
              << " not reached the order system, the oldest of " << text(*orderSystem, "oldest")
              << '\n';
    if (waited) {
        std::cout << "it is waited for since " << text(*orderSystem, "since")
                  << ", the next try is at " << text(*orderSystem, "nextTry") << '\n'
                  << folded(text(*orderSystem, "reason"), "  ");
        return;
    }
    std::vector<std::vector<std::string>> rows{
        {"EVENT", "OF", "TRIES", "TRIED AGAIN AT", "WHAT THE ORDER SYSTEM SAID LAST"}};
    const auto held = orderSystem->getArray("held");
    for (const auto& item : *held) {
        const auto& event = *item.extract<Object::Ptr>();
        rows.push_back({text(event, "event"), text(event, "subject"), text(event, "tries"),
                        text(event, "nextTry"), text(event, "said")});
    }
    std::cout << asTable(rows);
}

void tellMatters(const Object& status, const std::string& state, const std::string& reference,
                 const std::string& heading) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& matter : objectsIn(status, "certificates")) {
        if (text(matter, "state") != state) continue;
        rows.push_back({text(matter, "order"), text(matter, "purpose"), text(matter, reference),
                        orDash(text(matter, "nextTry")), orDash(text(matter, "said"))});
    }
    if (rows.empty()) return;
    std::cout << '\n' << counted(rows.size(), "certificate") << heading;
    rows.insert(rows.begin(), {"ORDER", "FOR", reference == "serial" ? "SERIAL" : "TRANSACTION",
                               "ASKED AGAIN AT", "WHAT THE CA SAID LAST"});
    std::cout << asTable(rows);
}

}  // namespace

void tellAuthority(const Object& status) {
    const auto authority = status.getObject("authority");
    if (!authority || text(*authority, "state") != "waited-for") return;
    std::cout << "\nthe CA is waited for since " << text(*authority, "since")
              << ", the next try is at " << text(*authority, "nextTry") << '\n'
              << folded(text(*authority, "reason"), "  ");
}

void tellOpenMatters(const Object& status) {
    tellAuthority(status);
    tellOrderSystem(status);
    tellCertificates(status);
}

void tellCertificates(const Object& status) {
    tellMatters(status, "in-doubt", "transaction",
                " in doubt: asked for, the answer was lost, the CA may have issued "
                "it.\nThe station asks again by itself. When the CA does not tell it, ask "
                "there what was issued under the transaction, then\n"
                "  zegel doubt never-issued TRANSACTION --by WHO --why TEXT, or\n"
                "  zegel doubt issued TRANSACTION --certificate FILE --by WHO --why TEXT\n");
    tellMatters(status, "revocation-wanted", "serial",
                " still to be revoked. The station tries again by itself; when the "
                "CA goes on refusing, have them revoked there.\n");
    tellMatters(status, "not-in-crl", "serial",
                " that the CA called revoked and its CRL does not show so. The station goes on "
                "looking; ask whoever runs the CA.\n");
}

}  // namespace zegel::station
