#pragma once

#include "station/ledger/store.h"

#include <optional>
#include <string>

namespace zegel::station {

/// Steps of cards that several verbs take, each within a transaction. Known to station/ledger only.

/// The card that an order has now, and its letter.
struct IssuedCard {
    OrderState order{};
    LetterId letter;
    std::optional<LetterState> letterState;
    ChipSerial chip;
    CardState card{};
};

std::optional<IssuedCard> issuedCardOf(Store& store, const OrderId& order);

struct CardEnd {
    std::string reason;  ///< RFC 5280's name
    std::string by;
    std::string why;
    Replacement replacement = Replacement::NotWanted;
};

/// Everything that a card's end is, but for the CA, which the revoker tells.
void endCard(Store& store, const OrderId& order, const IssuedCard& issued, const CardEnd& end);

}  // namespace zegel::station
