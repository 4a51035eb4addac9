#pragma once

#include "drivers/base/failure.h"
#include "station/ledger/states.h"

namespace zegel::station {

enum class CardEnd {
    Free,  ///< nothing was changed: blank as it was
    Spoil  ///< must not be issued; its certificates are revoked; reset when it comes back
};
enum class OrderEnd {
    Queue,  ///< for the next blank: a spoiled card never costs the order
    Hold    ///< a person has to look: releases or cancels it
};
enum class LineEnd {
    GoOn,
    SetCardAside,  ///< this card is not tried again until somebody took it out
    PauseReader,
    PauseLine,   ///< what everyone needs (CA, token) is away: try again after a while
    StopStation  ///< we cannot record, therefore we must not act
};

/// What a fault costs, by how far the chip had come.
struct Ruling {
    CardEnd card;
    OrderEnd order;
    LineEnd line;

    friend bool operator==(const Ruling&, const Ruling&) = default;
};

/// The one table (disposition.cpp). Steps throw, the line decides.
Ruling ruleOn(Fault fault, Milestone milestone) noexcept;

/// Whether the card itself is to blame, so that a bad one is not reset for ever.
bool blamesCard(Fault fault) noexcept;

/// Whether reader or contact may be to blame: card or reader was lost when the chip was changed
/// already, and its certificates with it. Earlier it costs nothing, and hands pull cards, too.
bool blamesReader(Fault fault, Milestone milestone) noexcept;

}  // namespace zegel::station
