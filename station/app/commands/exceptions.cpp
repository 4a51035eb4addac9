#include "drivers/base/counted.h"
#include "drivers/base/hex.h"
#include "station/api/views.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/commands/shown_order.h"
#include "station/app/printed.h"
#include "station/ledger/revocation_book.h"
#include "station/report/ledger_report.h"

#include <algorithm>
#include <functional>
#include <iostream>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace zegel::station {
namespace {

constexpr std::size_t All = std::numeric_limits<std::int32_t>::max();

Poco::JSON::Array listOf(const Poco::JSON::Object& said, const char* name) {
    const auto list = said.getArray(name);
    return list ? *list : Poco::JSON::Array{};
}

/// Those of the ledger, each as the station told of it last.
Poco::JSON::Array certificatesOf(SeenStation& station) {
    using Kind = OpenMatter::Kind;
    std::vector<OpenMatter> open;
    for (const auto& doubt : station.ledger.certificatesInDoubt()) {
        open.push_back({Kind::InDoubt, doubt.order.id, doubt.purpose, toHex(doubt.transaction), "",
                        0, std::nullopt});
    }
    for (const auto& wanted : station.ledger.revocationsWanted()) {
        open.push_back({Kind::RevocationWanted, wanted.order, wanted.purpose, wanted.serial, "", 0,
                        std::nullopt});
    }
    std::map<std::pair<std::string, std::string>, Poco::JSON::Object> told;
    const auto notInCrl = std::string{nameOf(Kind::NotInCrl)};
    std::set<std::string> awaited;
    for (const auto& revoked : station.ledger.revocations().outsideCrl())
        awaited.insert(revoked.serial);
    Poco::JSON::Array all;
    for (const auto& matter : objectsIn(*station.said, "certificates")) {
        const auto reference = text(matter, "transaction") + text(matter, "serial");
        told.insert_or_assign({text(matter, "state"), reference}, matter);
    }
    for (const auto& matter : open) {
        const auto found = told.find({std::string{nameOf(matter.kind)}, matter.reference});
        all.add(found == told.end() ? viewOf(matter) : found->second);
    }
    for (const auto& [matter, said] : told) {  // whether one is overdue is the station's to say
        if (matter.first == notInCrl && awaited.contains(matter.second)) all.add(said);
    }
    return all;
}

void printOrders(Ledger& ledger) {
    const auto orders = ledger.ordersIn(OrderState::OnHold, All);
    if (orders.empty()) return;
    std::cout << counted(orders.size(), "order") << " on hold\n";
    for (const auto& order : orders)
        std::cout << remarkOn(statusOf(order));
}

void printCards(Ledger& ledger) {
    auto cards = ledger.cardsIn(CardState::Spoiled, All);
    const auto doubtful = ledger.cardsIn(CardState::InDoubt, All);
    cards.insert(cards.end(), doubtful.begin(), doubtful.end());
    if (!cards.empty()) {
        std::cout << '\n'
                  << counted(cards.size(), "card")
                  << " spoiled or in doubt: put in again, the station "
                     "makes blank what can be\n"
                  << tableOf(cards);
    }
    const auto returned = ledger.cardsIn(CardState::Returned, All);
    if (returned.empty()) return;
    std::cout << '\n'
              << counted(returned.size(), "card") << " came back: send once more, or revoke\n"
              << tableOf(returned);
}

void printLettersUnder(const std::string& heading, const std::vector<Poco::JSON::Object>& letters) {
    if (letters.empty()) return;
    std::cout << '\n' << counted(letters.size(), "letter") << heading << '\n';
    for (const auto& letter : letters)
        std::cout << folded(text(letter, "letter") + " is " + text(letter, "state") + " since " +
                                text(letter, "changed") + ": " + orDash(text(letter, "reason")),
                            "  ");
}

void printLetters(std::vector<Poco::JSON::Object> letters) {
    const auto isUntold = [](const Poco::JSON::Object& letter) {
        const auto state = text(letter, "state");
        return state == nameOf(LetterState::Printing) || state == nameOf(LetterState::Printed);
    };
    const auto untold = std::ranges::stable_partition(letters, std::not_fn(isUntold));
    const std::vector<Poco::JSON::Object> last{untold.begin(), untold.end()};
    letters.erase(untold.begin(), untold.end());
    printLettersUnder(" to look for: printed or not, spoiled, or back from the post", letters);
    printLettersUnder(
        " printed, or laid out, and never told as posted: let the print room say "
        "what became of them; their sealed codes are kept till then",
        last);
}

void printReceipts(const std::vector<Poco::JSON::Object>& receipts) {
    if (receipts.empty()) return;
    std::cout << '\n'
              << counted(receipts.size(), "receipt")
              << " overdue: ask the receiver, or revoke the card\n";
    for (const auto& receipt : receipts)
        std::cout << "  " << text(receipt, "order") << ", sent at " << text(receipt, "dispatchedAt")
                  << '\n';
}

void printReaders(const std::vector<Poco::JSON::Object>& readers) {
    if (readers.empty()) return;
    std::cout << '\n' << counted(readers.size(), "reader") << " to look at\n";
    for (const auto& reader : readers)
        std::cout << folded(text(reader, "reader") + ": " + text(reader, "message"), "  ");
}

}  // namespace

int runExceptions(const Arguments& arguments) {
    return withStation(arguments, [&](SeenStation& station) {
        const std::chrono::days toldWithin{station.settings.letters.keepSealedDays};
        const auto shown =
            exceptionsShown(station.ledger, All, station.clock.now() - toldWithin,
                            certificatesOf(station), listOf(*station.said, "readers"));
        if (!station.said->has("readers")) {
            std::cerr << "readers are not known: the station has told of none yet\n";
        }
        if (arguments.has("json")) {
            printJson(shown);
            return Done;
        }
        const auto any = [&](const char* list) { return !objectsIn(shown, list).empty(); };
        if (!any("orders") && !any("certificates") && !any("cards") && !any("readers") &&
            !any("letters") && !any("receipts")) {
            std::cout << "nothing waits for a person\n";
            return Done;
        }
        printOrders(station.ledger);
        tellCertificates(shown);
        printCards(station.ledger);
        printLetters(objectsIn(shown, "letters"));
        printReceipts(objectsIn(shown, "receipts"));
        printReaders(objectsIn(shown, "readers"));
        return Done;
    });
}

}  // namespace zegel::station
