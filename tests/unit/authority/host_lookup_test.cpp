#include "station/authority/host_lookup.h"

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace zegel::station {
namespace {

using std::chrono::milliseconds;

/// A name server that hangs when it is told to.
class NameServer {
public:
    ~NameServer() {
        hang(false);
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return inside_ == 0; });
    }
    HostLookup::Resolve resolve() {
        return [this](const std::string&, std::uint16_t port) {
            std::unique_lock lock{mutex_};
            ++asked;
            ++inside_;
            changed_.wait(lock, [&] { return !hangs_; });
            --inside_;
            changed_.notify_all();
            if (!knows) throw Poco::Net::HostNotFoundException{"ca.example"};
            return Poco::Net::SocketAddress{"192.0.2.7", port};
        };
    }
    void hang(bool yes) {
        const std::lock_guard alone{mutex_};
        hangs_ = yes;
        changed_.notify_all();
    }
    std::atomic<bool> knows{true};
    std::atomic<int> asked{0};

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool hangs_ = false;
    int inside_ = 0;
};

constexpr milliseconds Ample{10000};

TEST(HostLookup, asksNobodyForAnAddressInNumbers) {
    NameServer server;
    server.hang(true);
    HostLookup lookup{"192.0.2.1", 8829, server.resolve()};
    EXPECT_EQ(lookup.within(milliseconds{0}).toString(), "192.0.2.1:8829");
    EXPECT_EQ(server.asked, 0);
}

TEST(HostLookup, isNotWaitedForLongerThanItMay) {
    NameServer server;
    server.hang(true);
    HostLookup lookup{"ca.example", 80, server.resolve()};
    const auto start = std::chrono::steady_clock::now();
    EXPECT_THROW(lookup.within(milliseconds{50}), Poco::TimeoutException);
    EXPECT_THROW(lookup.within(milliseconds{50}), Poco::TimeoutException);
    EXPECT_LT(std::chrono::steady_clock::now() - start, Ample);
    EXPECT_LE(server.asked, 1) << "one question at a time";
    server.hang(false);
    EXPECT_EQ(lookup.within(Ample).toString(), "192.0.2.7:80");
}

TEST(HostLookup, givesTheAddressFoundBeforeWhileNobodyAnswers) {
    NameServer server;
    HostLookup lookup{"ca.example", 80, server.resolve()};
    EXPECT_EQ(lookup.within(Ample).toString(), "192.0.2.7:80");
    server.hang(true);
    EXPECT_EQ(lookup.within(milliseconds{50}).toString(), "192.0.2.7:80");
}

TEST(HostLookup, saysThatThereIsNoSuchHost) {
    NameServer server;
    server.knows = false;
    HostLookup lookup{"ca.example", 80, server.resolve()};
    EXPECT_THROW(lookup.within(Ample), Poco::Net::HostNotFoundException);
    server.knows = true;
    EXPECT_NO_THROW(lookup.within(Ample)) << "asked anew each time";
}

}  // namespace
}  // namespace zegel::station
