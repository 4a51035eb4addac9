#pragma once

#include <Poco/Net/SocketAddress.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace zegel::station {

/// Where a host is, asked of the system's resolver, which knows no deadline: the question is put on
/// a thread of its own, and at most one at a time. Safe for several threads.
class HostLookup {
public:
    using Resolve =
        std::function<Poco::Net::SocketAddress(const std::string& host, std::uint16_t port)>;

    HostLookup(std::string host, std::uint16_t port, Resolve resolve = bySystem);

    /// The address; one that was found before when there is no answer in time.
    /// Errors: Poco::TimeoutException, Poco::Net::NetException in the resolver's own words.
    Poco::Net::SocketAddress within(std::chrono::milliseconds atMost);

private:
    static Poco::Net::SocketAddress bySystem(const std::string& host, std::uint16_t port);

    struct Question;
    static void answer(const std::shared_ptr<Question>& question);

    std::shared_ptr<Question> question_;  ///< outlives this when the resolver hangs
};

}  // namespace zegel::station
