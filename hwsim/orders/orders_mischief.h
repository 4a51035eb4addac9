#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

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

/// What to do, to which events, and for how many of them.
struct OrdersMisbehaviour {
    OrdersMischief mischief = OrdersMischief::None;
    int amount = 0;    ///< milliseconds
    std::string whom;  ///< an order, or a subject such as "card/piv-1"
    int times = 0;     ///< 0: until told otherwise
    int every = 1;     ///< to each n-th event only
};

std::string_view nameOf(OrdersMischief mischief) noexcept;

/// "slow 200", "refuse ORD-1", "lost-answer 3 times", "broken every 4", "none". Nothing when it
/// cannot be understood.
std::optional<OrdersMisbehaviour> ordersMisbehaviourFrom(const std::string& text);

/// All names with what they do, for --help.
std::string listOfOrdersMischief();

/// The current misbehaviour, shared by all connections.
class OrdersTemper {
public:
    void set(const OrdersMisbehaviour& misbehaviour);
    /// What to do to the next event, of this order and subject; counts it.
    OrdersMisbehaviour next(std::string_view order, std::string_view subject);
    /// What is set, without counting.
    OrdersMisbehaviour current() const;

private:
    mutable std::mutex mutex_;
    OrdersMisbehaviour set_;
    int seen_ = 0;
    int done_ = 0;
};

}  // namespace zegel::hwsim
