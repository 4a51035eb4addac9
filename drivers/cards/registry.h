#pragma once

#include "drivers/cards/card_driver.h"
#include "drivers/channel/channel.h"

#include <memory>

namespace zegel::cards {

/// Picks the driver for the chip at the other end by asking the chip. `channel` has to carry
/// commands of any length (drivers/channel/chaining_channel.h) and outlives the driver. Changes
/// nothing on the chip.
///
/// Errors: CardUnsuitable when no family fits or the chip cannot be told from another, saying what
/// was looked for; CardPulled, ReaderUnavailable from the channel.
std::unique_ptr<CardDriver> recognise(drivers::Channel& channel, ByteView atr);

}  // namespace zegel::cards
