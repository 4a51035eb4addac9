#include "drivers/base/counted.h"
#include "station/api/views.h"
#include "station/app/commands/approved.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/commands/shown_order.h"
#include "station/app/printed.h"
#include "station/app/refused_files.h"
#include "station/ledger/revocation_book.h"
#include "station/report/ledger_report.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <utility>

namespace zegel::station {
namespace {

constexpr std::size_t All = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t MostRejected = 10;

Poco::JSON::Array listOf(const Poco::JSON::Object& said, const char* name) {
    const auto list = said.getArray(name);
    return list ? *list : Poco::JSON::Array{};
}

/// Those of the ledger, each as the station told of it last.
Poco::JSON::Array certificatesOf(SeenStation& station) {
    std::map<std::pair<std::string, std::string>, Poco::JSON::Object> told;
    for (const auto& matter : objectsIn(*station.said, "certificates")) {
        const auto reference = text(matter, "transaction") + text(matter, "serial");
        told.insert_or_assign({text(matter, "state"), reference}, matter);
    }
    Poco::JSON::Array all;
    for (const auto& matter : openMattersIn(station.ledger)) {
        const auto found = told.find({std::string{nameOf(matter.kind)}, matter.reference});
        all.add(found == told.end() ? viewOf(matter) : found->second);
    }
    std::set<std::string> awaited;
    for (const auto& revoked : station.ledger.revocations().outsideCrl())
        awaited.insert(revoked.serial);
    const auto notInCrl = std::string{nameOf(OpenMatter::Kind::NotInCrl)};
    for (const auto& [matter, said] : told) {  // whether one is overdue is the station's to say
        if (matter.first == notInCrl && awaited.contains(matter.second)) all.add(said);
    }
    return all;
}

/// The first line of what follows.
std::string headed(const std::string& line, Tone tone = Tone::Red) {
    return '\n' + toned(line, tone) + '\n';
}

void printOrders(Ledger& ledger, std::ostream& out) {
    const auto orders = ledger.ordersIn(OrderState::OnHold, All);
    if (orders.empty()) return;
    out << headed(counted(orders.size(), "order") + " on hold");
    for (const auto& order : orders)
        out << remarkOn(statusOf(order));
}

void printRejected(const std::vector<Poco::JSON::Object>& orders, std::ostream& out) {
    if (orders.empty()) return;
    out << headed(counted(orders.size(), "order") + " not taken in the last " +
                      counted(static_cast<std::size_t>(RejectedShownFor.count()), "day") +
                      ": the order system corrects them and sends them again under a new id",
                  Tone::Yellow);
    for (std::size_t at = 0; at < std::min(orders.size(), MostRejected); ++at)
        out << folded("batch " + text(orders[at], "batch") + ", " + text(orders[at], "order") +
                          ": " + text(orders[at], "reason"),
                      "  ");
    if (orders.size() > MostRejected) {
        out << "  and " << orders.size() - MostRejected << " more: zegel orders --state rejected\n";
    }
}

void printCards(Ledger& ledger, std::ostream& out) {
    const auto cards = ledger.cardsIn(CardState::Spoiled, All);
    if (!cards.empty()) {
        out << headed(counted(cards.size(), "card") +
                      " spoiled: put in again, the station makes blank what can be")
            << tableOf(cards);
    }
    const auto returned = ledger.cardsIn(CardState::Returned, All);
    if (returned.empty()) return;
    out << headed(counted(returned.size(), "card") + " came back: send once more, or revoke")
        << tableOf(returned);
}

void printLettersUnder(const std::string& heading, const std::vector<Poco::JSON::Object>& letters,
                       std::ostream& out) {
    if (letters.empty()) return;
    out << headed(counted(letters.size(), "letter") + heading);
    for (const auto& letter : letters)
        out << folded(text(letter, "letter") + " is " + text(letter, "state") + " since " +
                          text(letter, "changed") + ": " + orDash(text(letter, "reason")),
                      "  ");
}

void printLetters(const std::vector<Poco::JSON::Object>& letters, std::ostream& out) {
    std::vector<Poco::JSON::Object> lookedFor, givenBack, untold;
    for (const auto& letter : letters) {
        const auto state = text(letter, "state");
        const bool isUntold =
            state == nameOf(LetterState::Printing) || state == nameOf(LetterState::Printed);
        (letter.has("givenBack") ? givenBack : isUntold ? untold : lookedFor).push_back(letter);
    }
    printLettersUnder(" to look for: printed or not, spoiled, or back from the post", lookedFor,
                      out);
    if (!lookedFor.empty()) {
        out << folded(
            "what is uncertain, the print room settles: zegel-pinmailer settle LETTER "
            "printed|spoiled; what is spoiled or came back is printed again by two: zegel "
            "letter reprint LETTER --unseen --why TEXT, or, where somebody may have seen "
            "it, zegel letter reissue LETTER --why TEXT",
            "    ");
    }
    printLettersUnder(
        " given back by the print room, unprinted: its next run takes them again; where one "
        "cannot be made, correct what its reason names",
        givenBack, out);
    printLettersUnder(
        " printed, or laid out, and not told as posted, or of cards that are revoked: let the "
        "print room say what became of them, or a supervisor where its machine is gone; their "
        "sealed codes are kept till then",
        untold, out);
}

void printReceipts(const std::vector<Poco::JSON::Object>& receipts, std::ostream& out) {
    if (receipts.empty()) return;
    out << headed(counted(receipts.size(), "receipt") +
                  " overdue: ask the receiver, or revoke the card");
    for (const auto& receipt : receipts)
        out << "  " << text(receipt, "order") << ", sent at " << text(receipt, "dispatchedAt")
            << '\n';
}

std::string askerOf(const Poco::JSON::Object& approval) {
    const auto asker = approval.getObject("asker");
    return asker ? text(*asker, "name") : "-";
}

void printApprovals(const std::vector<Poco::JSON::Object>& approvals, std::ostream& out) {
    if (approvals.empty()) return;
    out << headed(counted(approvals.size(), "act waits", "acts wait") + " for a second person");
    for (const auto& approval : approvals) {
        const auto id = text(approval, "approval");
        const auto expires = expiryOf(approval);
        out << folded(text(approval, "act") + " of " + text(approval, "subject") + ", asked by " +
                          askerOf(approval) + " at " + text(approval, "at") +
                          (expires.empty() ? "" : " and open until " + expires) + ": " +
                          text(approval, "reason"),
                      "  ")
            << "    zegel approval grant " << id << " --why TEXT, or zegel approval refuse " << id
            << " --why TEXT\n";
    }
}

}  // namespace

int runExceptions(const Arguments& arguments) {
    return withStation(arguments, [&](SeenStation& station) {
        const auto files = refusedFiles(station.settings.station.inbox);
        const auto shown =
            exceptionsShown(station.ledger, station.clock.now(), All,
                            {certificatesOf(station),
                             listOf(*station.said, "readers"),
                             viewsOf(files),
                             listOf(*station.said, "waitedFor"),
                             std::chrono::days{station.settings.letters.keepSealedDays},
                             {}});
        if (!station.said->has("readers")) {
            std::cerr << "readers are not known: the station has told of none yet\n";
        }
        if (arguments.has("json")) {
            printJson(shown);
            return Done;
        }
        std::ostringstream out;
        tellWaitedFor(shown, out);
        tellReaders(objectsIn(shown, "readers"), out);
        printOrders(station.ledger, out);
        tellCertificates(shown, out);
        printCards(station.ledger, out);
        printLetters(objectsIn(shown, "letters"), out);
        printReceipts(objectsIn(shown, "receipts"), out);
        printApprovals(objectsIn(shown, "approvals"), out);
        tellRefusedFiles(files, out);
        printRejected(objectsIn(shown, "rejected"), out);
        const auto told = out.str();  // an empty line before each
        std::cout << (told.empty() ? "nothing waits for a person\n" : told.substr(1));
        return Done;
    });
}

}  // namespace zegel::station
