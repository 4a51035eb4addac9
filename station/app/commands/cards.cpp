#include "station/api/views.h"
#include "station/app/commands/reports.h"
#include "station/app/commands/seen_station.h"
#include "station/app/printed.h"

#include <iostream>

namespace zegel::station {
namespace {

std::vector<CardEntry> cardsIn(Ledger& ledger, const std::optional<std::string>& state) {
    auto cards = ledger.cards();
    if (state) {
        std::erase_if(cards, [&](const CardEntry& card) { return nameOf(card.state) != *state; });
    }
    return cards;
}

void printCard(const CardEntry& card) {
    std::cout << "card " << card.chip.serial.value() << ": " << nameOf(card.state) << '\n'
              << "  chip    " << card.chip.family << ' ' << card.chip.firmware << '\n';
    if (card.order) std::cout << "  order   " << card.order->value() << '\n';
    std::cout << "  failed  " << card.spoiledTimes << " times\n";
    if (!card.reason.empty()) std::cout << folded("why: " + card.reason, "  ");
}

}  // namespace

std::string tableOf(const std::vector<CardEntry>& cards) {
    std::vector<std::vector<std::string>> rows{{"CARD", "CHIP", "STATE", "ORDER", "FAILED", "WHY"}};
    std::vector<Tone> tones{Tone::Plain};
    for (const auto& card : cards) {
        tones.push_back(toneOf(nameOf(card.state)));
        rows.push_back({card.chip.serial.value(), card.chip.family + " " + card.chip.firmware,
                        std::string{nameOf(card.state)}, card.order ? card.order->value() : "-",
                        std::to_string(card.spoiledTimes), orDash(card.reason)});
    }
    return asTable(rows, tones);
}

int runCards(const Arguments& arguments) {
    const auto state = arguments.choice("state", cardStateNames());
    return withStation(arguments, [&](SeenStation& station) {
        const auto cards = cardsIn(station.ledger, state);
        if (arguments.has("json")) {
            auto shown = inOrder();
            shown.set("cards", viewsOf(cards));
            printJson(shown);
        } else {
            std::cout << (cards.empty() ? "there is no such card\n" : tableOf(cards));
        }
        return int{Done};
    });
}

int runCard(const Arguments& arguments) {
    if (arguments.words().empty()) {
        throw Failure{Fault::RequestRefused, "say which card: zegel card SERIAL"};
    }
    const auto& first = arguments.words().front();
    if (first == "unblocked" || first == "destroyed") return runCardAct(arguments);
    const ChipSerial serial{first};
    return withStation(arguments, [&](SeenStation& station) {
        const auto card = station.ledger.card(serial);
        if (!card) {
            return refuse("no card " + serial.value() +
                          " is known; zegel cards lists all that are");
        }
        arguments.has("json") ? printJson(viewOf(*card)) : printCard(*card);
        return int{Done};
    });
}

}  // namespace zegel::station
