#include "station/journey/key_pool.h"

#include "drivers/base/failure.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>

namespace zegel::station {
namespace {

using namespace std::chrono_literals;

constexpr auto Long = 20s;

/// Makes keys that are quick to make, and counts them.
class CountingMaker {
public:
    StationKey operator()(KeyAlgorithm) {
        auto key = makeStationKey(KeyAlgorithm::EcP256);
        const std::lock_guard alone{mutex_};
        ++made_;
        changed_.notify_all();
        return key;
    }
    bool awaitMade(int count) {
        std::unique_lock held{mutex_};
        return changed_.wait_for(held, Long, [&] { return made_ >= count; });
    }
    int made() {
        const std::lock_guard alone{mutex_};
        return made_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int made_ = 0;
};

class KeyPoolTest : public ::testing::Test {
protected:
    bool awaitReady(const KeyPool& pool, std::size_t count) {
        const auto latest = std::chrono::steady_clock::now() + Long;
        while (pool.ready(KeyAlgorithm::Rsa2048) != count) {
            if (std::chrono::steady_clock::now() > latest) return false;
            std::this_thread::sleep_for(1ms);
        }
        return true;
    }

    CountingMaker maker_;
    GroupKeys::Maker make_ = std::ref(maker_);
};

TEST_F(KeyPoolTest, makesNothingThatNoOrderWants) {
    KeyPool pool{4, make_};
    pool.expect({{KeyAlgorithm::Rsa3072, 1}, {KeyAlgorithm::Rsa2048, 0}});
    ASSERT_TRUE(maker_.awaitMade(1));
    EXPECT_NE(pool.take(KeyAlgorithm::Rsa3072).key, nullptr);
    EXPECT_TRUE(maker_.awaitMade(2));  // the next one in its place, and still none of the other
    EXPECT_EQ(pool.ready(KeyAlgorithm::Rsa2048), 0U);
}

TEST_F(KeyPoolTest, makesAsManyAheadAsOrdersMayWantAndNoMoreThanItMayKeep) {
    KeyPool pool{4, make_};
    pool.expect({{KeyAlgorithm::Rsa2048, 2}});
    EXPECT_TRUE(awaitReady(pool, 2));
    pool.expect({{KeyAlgorithm::Rsa2048, 100'000}});
    EXPECT_TRUE(awaitReady(pool, 4));
    EXPECT_EQ(maker_.made(), 4);
}

TEST_F(KeyPoolTest, givesAKeyOnceAndMakesAnotherInItsPlace) {
    KeyPool pool{2, make_};
    pool.expect({{KeyAlgorithm::Rsa2048, 100}});
    ASSERT_TRUE(awaitReady(pool, 2));
    const auto first = pool.take(KeyAlgorithm::Rsa2048);
    const auto second = pool.take(KeyAlgorithm::Rsa2048);
    EXPECT_NE(openssl::toSpki(*first.key), openssl::toSpki(*second.key));
    EXPECT_TRUE(maker_.awaitMade(4));
    EXPECT_TRUE(awaitReady(pool, 2));
}

TEST_F(KeyPoolTest, makesAKeyOnTheSpotWhenNoneIsReady) {
    KeyPool pool{2, make_};
    EXPECT_NE(pool.take(KeyAlgorithm::Rsa2048).key, nullptr);
    EXPECT_EQ(maker_.made(), 1);
    EXPECT_EQ(pool.given().onTheSpot, 1U);
    pool.take(KeyAlgorithm::EcP256);
    EXPECT_EQ(pool.given().onTheSpot, 1U) << "no card waits for one of these";
}

TEST_F(KeyPoolTest, keepsNoTryingWhenAKeyCannotBeMadeAndTellsWhoWantsOne) {
    std::atomic<int> tries{0};
    KeyPool pool{2, [&](KeyAlgorithm) -> StationKey {
                     ++tries;
                     tries.notify_all();
                     throw Failure{Fault::Defect, "no entropy"};
                 }};
    pool.expect({{KeyAlgorithm::Rsa2048, 5}});
    tries.wait(0);
    EXPECT_THROW(pool.take(KeyAlgorithm::Rsa2048), Failure);
    EXPECT_EQ(tries.load(), 2);
}

TEST(KeysWanted, areTheRsaKeysOfTheStationsOwnMaking) {
    using cardprofiles::KeyOrigin;
    cardprofiles::Profile mixed;
    mixed.keys.resize(3);
    mixed.keys[0].algorithm = KeyAlgorithm::Rsa2048;  // on the chip
    mixed.keys[1].algorithm = KeyAlgorithm::Rsa3072;
    mixed.keys[1].origin = KeyOrigin::InStation;
    mixed.keys[2].algorithm = KeyAlgorithm::EcP256;
    mixed.keys[2].origin = KeyOrigin::InStation;
    const cardprofiles::Profiles profiles{{"mixed", mixed}};
    const std::map<KeyAlgorithm, std::size_t> expected{{KeyAlgorithm::Rsa3072, 7}};
    EXPECT_EQ(keysWanted({{"mixed", 7}, {"no longer offered", 3}}, profiles), expected);
}

}  // namespace
}  // namespace zegel::station
