#pragma once

#include <stop_token>
#include <string>
#include <string_view>

namespace zegel::station {

/// What became of one event that was sent.
struct EventAnswer {
    enum class Kind {
        Taken,
        NotTaken,  ///< answered, and not with a 2xx: perhaps on account of this event only
        Away       ///< no answer, or one that says "later": whatever else is sent fares the same
    };

    Kind kind{};
    std::string said;  ///< what came instead, for people; empty when taken
};

/// Where events go.
class OrderSystem {
public:
    virtual ~OrderSystem() = default;
    OrderSystem(const OrderSystem&) = delete;
    OrderSystem& operator=(const OrderSystem&) = delete;

    /// Sends one event and waits for the answer, not beyond `stop`. Whatever happens on the way is
    /// an answer. An event that is not known to be taken may have been taken.
    virtual EventAnswer take(std::string_view body, std::string_view signature,
                             const std::stop_token& stop) = 0;

protected:
    OrderSystem() = default;
};

}  // namespace zegel::station
