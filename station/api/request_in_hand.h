#pragma once

#include <string>

namespace zegel::station {

/// Which request this thread answers, while this lives: what comes of it says so in the station's
/// log too.
class RequestInHand {
public:
    explicit RequestInHand(const std::string& id);
    ~RequestInHand();
    RequestInHand(const RequestInHand&) = delete;
    RequestInHand& operator=(const RequestInHand&) = delete;

    /// Empty in a thread that answers none.
    static const std::string& id() noexcept;
};

}  // namespace zegel::station
