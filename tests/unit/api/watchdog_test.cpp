#include "station/api/watchdog.h"

#include <gtest/gtest.h>

#include <array>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace zegel::station {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds Long{40};  ///< and shorter than the minute of what is not to be waited for

/// Two ends of a connection.
class WatchdogTest : public ::testing::Test {
protected:
    WatchdogTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_.data()), 0); }
    ~WatchdogTest() override {
        for (const int end : ends_)
            close(end);
    }

    /// Whether the other end is told within this time that the connection is over.
    bool isCutWithin(milliseconds time) const {
        pollfd other{ends_[1], POLLIN, 0};
        return poll(&other, 1, static_cast<int>(time.count())) == 1;
    }

    std::array<int, 2> ends_{};
    Watchdog dog_;
};

TEST_F(WatchdogTest, cutsAConnectionWhoseTimeIsOver) {
    Watchdog::Watch watch{dog_, ends_[0]};
    watch.within(milliseconds{20});
    EXPECT_TRUE(isCutWithin(Long));
    EXPECT_TRUE(watch.wasCut());
}

TEST_F(WatchdogTest, forgetsTheDeadlineBefore) {
    Watchdog::Watch watch{dog_, ends_[0]};
    watch.within(seconds{1});  // a busy machine may pause here
    watch.within(seconds{60});
    EXPECT_FALSE(isCutWithin(milliseconds{1200}));
    watch.withoutEnd();
    EXPECT_FALSE(isCutWithin(milliseconds{50}));
    EXPECT_FALSE(watch.wasCut());
}

TEST_F(WatchdogTest, looksAwayFromAConnectionThatEnded) {
    { Watchdog::Watch{dog_, ends_[0]}.within(seconds{1}); }
    EXPECT_FALSE(isCutWithin(milliseconds{1200}));
}

TEST_F(WatchdogTest, letsARequestEndWhenTheStationStopsAndCutsWhatIsIdle) {
    Watchdog::Watch watch{dog_, ends_[0]};
    watch.within(seconds{60});
    dog_.stop(seconds{60});
    EXPECT_FALSE(isCutWithin(milliseconds{50}));
    EXPECT_TRUE(dog_.stopping());
    watch.within(seconds{60}, true);
    EXPECT_TRUE(isCutWithin(Long));
}

TEST_F(WatchdogTest, cutsARequestThatOutlastsTheGrace) {
    Watchdog::Watch watch{dog_, ends_[0]};
    watch.within(seconds{60});
    dog_.stop(milliseconds{20});
    EXPECT_TRUE(isCutWithin(Long));
}

}  // namespace
}  // namespace zegel::station
