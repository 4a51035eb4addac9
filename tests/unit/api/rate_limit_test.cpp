#include "station/api/rate_limit.h"

#include <gtest/gtest.h>

namespace zegel::station {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RateLimit, letsAQuietClientSendTwoSecondsWorthAtOnce) {
    RateLimit rate{5};
    const RateLimit::Moment now{};
    for (int i = 0; i < 10; ++i)
        EXPECT_FALSE(rate.take("a", now)) << i;
    EXPECT_EQ(rate.take("a", now), milliseconds{200});
}

TEST(RateLimit, givesBackAsTimeGoesBy) {
    RateLimit rate{5};
    const RateLimit::Moment now{};
    for (int i = 0; i < 10; ++i)
        rate.take("a", now);
    EXPECT_FALSE(rate.take("a", now + milliseconds{200}));
    EXPECT_TRUE(rate.take("a", now + milliseconds{200}));
    int taken = 0;
    for (int i = 0; i < 100; ++i)
        taken += rate.take("a", now + seconds{3600}) ? 0 : 1;
    EXPECT_EQ(taken, 10) << "an hour saves no more than two seconds do";
}

TEST(RateLimit, countsEachClientAlone) {
    RateLimit rate{1};
    const RateLimit::Moment now{};
    EXPECT_FALSE(rate.take("a", now));
    EXPECT_FALSE(rate.take("a", now));
    EXPECT_TRUE(rate.take("a", now));
    EXPECT_FALSE(rate.take("b", now));
}

}  // namespace
}  // namespace zegel::station
