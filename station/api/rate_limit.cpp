#include "station/api/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace zegel::station {
namespace {

constexpr double SecondsSaved = 2;
constexpr std::size_t ManyClients = 1000;

double secondsBetween(RateLimit::Moment earlier, RateLimit::Moment later) {
    return std::chrono::duration<double>(later - earlier).count();
}

}  // namespace

std::optional<std::chrono::milliseconds> RateLimit::take(const std::string& client, Moment now) {
    const std::lock_guard alone{mutex_};
    if (buckets_.size() > ManyClients) forgetFull(now);
    const double most = perSecond_ * SecondsSaved;
    auto& bucket = buckets_.try_emplace(client, Bucket{most, now}).first->second;
    bucket.tokens = std::min(most, bucket.tokens + secondsBetween(bucket.filled, now) * perSecond_);
    bucket.filled = now;
    if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return std::nullopt;
    }
    return std::chrono::milliseconds{
        static_cast<long>(std::ceil((1 - bucket.tokens) / perSecond_ * 1000))};
}

void RateLimit::forgetFull(Moment now) {
    std::erase_if(buckets_, [&](const auto& entry) {
        return secondsBetween(entry.second.filled, now) > SecondsSaved;
    });
}

}  // namespace zegel::station
