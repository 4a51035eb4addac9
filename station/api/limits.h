#pragma once

#include <chrono>
#include <cstddef>

namespace zegel::station {

/// What one client may ask of the station.
struct ApiLimits {
    std::size_t batchOctets = std::size_t{100} << 20U;
    std::size_t bodyOctets = std::size_t{64} << 10U;  ///< of every other body
    int requestsPerSecond = 200;                      ///< of one certificate; as many again at once
    std::chrono::seconds answerWithin{
        30};  ///< a request, from its first octet to the answer's last
    std::chrono::seconds batchWithin{300};  ///< the same for one that brings a batch
    std::chrono::seconds greetWithin{10};   ///< the TLS handshake
    std::chrono::seconds restBetween{20};   ///< between two requests of one connection
    int connections = 64;                   ///< served at once
    int streams = 16;                       ///< of them, streams of events
    int batches = 2;                        ///< of them, batches that are coming in
};

}  // namespace zegel::station
