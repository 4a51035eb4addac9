#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace zegel::station {

/// A bucket of tokens for each client: one a request, filled again at a steady rate. Safe for
/// several threads.
class RateLimit {
public:
    using Moment = std::chrono::steady_clock::time_point;

    /// `perSecond` on the average; a client that was quiet may send twice as many at once.
    explicit RateLimit(int perSecond) : perSecond_(perSecond) {}

    /// Nothing when the client may go on; else how long until it may.
    std::optional<std::chrono::milliseconds> take(const std::string& client, Moment now);

private:
    struct Bucket {
        double tokens;
        Moment filled;
    };

    void forgetFull(Moment now);

    double perSecond_;
    std::mutex mutex_;
    std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace zegel::station
