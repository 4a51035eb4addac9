#include "hwsim/orders/orders_mischief.h"

#include <array>

namespace zegel::hwsim {
namespace {

using Word = MischiefWord<OrdersMischief>;

constexpr std::array Words{
    Word{OrdersMischief::None, "none", "behaves"},
    Word{OrdersMischief::Down, "down", "closes every connection without a word"},
    Word{OrdersMischief::Unavailable, "unavailable", "HTTP 503"},
    Word{OrdersMischief::Broken, "broken", "HTTP 500"},
    Word{OrdersMischief::Refuse, "refuse", "refuse WHOM: HTTP 422 for events of that order",
         Takes::Whom},
    Word{OrdersMischief::Slow, "slow", "slow N: answers after N milliseconds", Takes::Amount},
    Word{OrdersMischief::LostAnswer, "lost-answer", "keeps the event, drops the connection"},
    Word{OrdersMischief::Garbage, "garbage", "keeps the event, answers what is no HTTP"},
};

}  // namespace

constinit const MischiefTable<OrdersMischief> OrdersMischiefs{Words};

}  // namespace zegel::hwsim
