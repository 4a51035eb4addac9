#pragma once

#include "hwsim/server/mischief.h"

namespace zegel::hwsim {

/// What can go wrong with an order system, as far as a station can see it.
enum class OrdersMischief {
    None,
    Down,         ///< takes the connection and closes it without a word; keeps nothing
    Unavailable,  ///< HTTP 503; keeps nothing
    Broken,       ///< HTTP 500; keeps nothing
    Refuse,       ///< HTTP 422 for events of one order or subject; keeps nothing of it
    Slow,         ///< answers after `amount` milliseconds
    LostAnswer,   ///< keeps the event, then drops the connection
    Garbage       ///< keeps the event, and answers what is no HTTP
};

using OrdersMisbehaviour = MisbehaviourOf<OrdersMischief>;
/// An event is about its order and its subject, such as "card/piv-1".
using OrdersTemper = TemperOf<OrdersMischief>;

/// By their words.
extern const MischiefTable<OrdersMischief> OrdersMischiefs;

}  // namespace zegel::hwsim
