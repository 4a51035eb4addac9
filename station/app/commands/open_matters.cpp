#include "drivers/base/counted.h"
#include "station/app/commands/reports.h"
#include "station/app/printed.h"

#include <Poco/JSON/Array.h>

namespace zegel::station {
namespace {

using Poco::JSON::Object;

/// Why the order system does not know everything yet.
void tellOrderSystem(const Object& status, std::ostream& out) {
    const auto orderSystem = status.getObject("orderSystem");
    if (!orderSystem || !orderSystem->has("undelivered")) return;
    const bool waited = text(*orderSystem, "state") == "waited-for";
    out << '\n'
        << counted(orderSystem->getValue<std::size_t>("undelivered"), "event has", "events have")
        << " not reached the order system, the oldest of " << text(*orderSystem, "oldest") << '\n';
    if (waited) {
        out << "it is waited for since " << text(*orderSystem, "since") << ", the next try is at "
            << text(*orderSystem, "nextTry") << '\n'
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
    out << asTable(rows);
}

void tellMatters(const Object& status, const std::string& state, const std::string& reference,
                 const std::string& heading, std::ostream& out) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& matter : objectsIn(status, "certificates")) {
        if (text(matter, "state") != state) continue;
        rows.push_back({text(matter, "order"), text(matter, "purpose"), text(matter, reference),
                        orDash(text(matter, "nextTry")), orDash(text(matter, "said"))});
    }
    if (rows.empty()) return;
    const auto end = heading.find('\n');
    out << '\n'
        << toned(counted(rows.size(), "certificate") + heading.substr(0, end), Tone::Red)
        << heading.substr(end);
    rows.insert(rows.begin(), {"ORDER", "FOR", reference == "serial" ? "SERIAL" : "TRANSACTION",
                               "ASKED AGAIN AT", "WHAT THE CA SAID LAST"});
    out << asTable(rows);
}

}  // namespace

void tellAuthority(const Object& status, std::ostream& out) {
    const auto authority = status.getObject("authority");
    if (!authority || text(*authority, "state") != "waited-for") return;
    out << "\nthe CA is waited for since " << text(*authority, "since") << ", the next try is at "
        << text(*authority, "nextTry") << '\n'
        << folded(text(*authority, "reason"), "  ");
}

void tellWaitedFor(const Object& shown, std::ostream& out) {
    for (const auto& waited : objectsIn(shown, "waitedFor")) {
        const auto what = text(waited, "what");
        const auto nextTry = text(waited, "nextTry");
        out << '\n'
            << toned((what == "authority"      ? "the CA"
                      : what == "order-system" ? "the order system"
                                               : "the inbox") +
                         (" is waited for since " + text(waited, "since")) +
                         (nextTry.empty() ? "" : ", the next try is at " + nextTry),
                     Tone::Red)
            << '\n'
            << folded(text(waited, "reason"), "  ");
        if (what == "inbox") continue;  // the reason says it
        out << folded(what == "authority"
                          ? "after a quarter of an hour, call whoever runs it"
                          : "tell its people what it said; every event is kept until it is taken",
                      "  ");
    }
}

void tellOpenMatters(const Object& status, std::ostream& out) {
    tellAuthority(status, out);
    tellOrderSystem(status, out);
    for (const auto& waited : objectsIn(status, "waitedFor")) {
        if (text(waited, "what") != "inbox") continue;
        out << "\nthe inbox is waited for since " << text(waited, "since") << '\n'
            << folded(text(waited, "reason"), "  ");
    }
    tellCertificates(status, out);
}

void tellCertificates(const Object& status, std::ostream& out) {
    tellMatters(status, "in-doubt", "transaction",
                " in doubt: asked for, the answer was lost, the CA may have issued "
                "it.\nThe station asks again by itself. When the CA does not tell it, ask "
                "there what was issued under the transaction, then\n"
                "  zegel doubt never-issued TRANSACTION --by WHO --why TEXT, or\n"
                "  zegel doubt issued TRANSACTION --certificate FILE --by WHO --why TEXT\n",
                out);
    tellMatters(status, "revocation-wanted", "serial",
                " still to be revoked. The station tries again by itself; when the "
                "CA goes on refusing, have them revoked there.\n",
                out);
    tellMatters(status, "not-in-crl", "serial",
                " that the CA called revoked and its CRL does not show so. The station goes on "
                "looking; ask whoever runs the CA.\n",
                out);
}

}  // namespace zegel::station
