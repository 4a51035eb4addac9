#include "station/ledger/store.h"

#include <Poco/Data/SQLite/Utility.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <latch>
#include <sqlite3.h>
#include <stdlib.h>
#include <thread>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

/// Works of several threads, committed together.
class StoreTurns : public testing::Test {
protected:
    StoreTurns() {
        store.whole([&] { store.execute("CREATE TABLE told(thread INTEGER, n INTEGER UNIQUE)"); });
    }
    ~StoreTurns() override { fs::remove_all(folder); }

    static fs::path madeFolder() {
        std::string name = (fs::temp_directory_path() / "zegel-turns-XXXXXX").string();
        return ::mkdtemp(name.data());
    }

    std::int64_t rows(const std::string& where = "1") {
        return store.whole([&] {
            auto found = store.select("SELECT count(*) AS n FROM told WHERE " + where);
            return numberAt(found, "n");
        });
    }

    /// All threads begin together, so that their works meet.
    template <typename Each>
    void together(int threads, Each each) {
        std::latch ready{threads};
        std::vector<std::jthread> running;
        for (int thread = 0; thread < threads; ++thread) {
            running.emplace_back([&, thread] {
                ready.arrive_and_wait();
                each(thread);
            });
        }
    }

    fs::path folder = madeFolder();
    SystemClock clock;
    Store store{folder / "ledger.sqlite", clock};
};

TEST_F(StoreTurns, everyWorkOfManyThreadsIsKeptAndGivesItsOwnResult) {
    std::atomic<int> wrong{0};
    together(16, [&](int thread) {
        for (int n = 0; n < 25; ++n) {
            const int mine = thread * 100 + n;
            const auto given = store.whole([&] {
                store.execute("INSERT INTO told VALUES(?,?)", thread, mine);
                auto found = store.select("SELECT n FROM told WHERE n=?", mine);
                return found.moveFirst() ? numberAt(found, "n") : -1;
            });
            if (given != mine) ++wrong;
        }
    });
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(rows(), 16 * 25);
}

TEST_F(StoreTurns, worksThatWaitAtTheSameTimeAreCommittedOnce) {
    constexpr int Waiting = 8;
    int commits = 0;
    ::sqlite3_commit_hook(
        Poco::Data::SQLite::Utility::dbHandle(store.session),
        [](void* count) {
            ++*static_cast<int*>(count);
            return 0;
        },
        &commits);
    std::latch begun{1};
    std::latch goOn{1};
    std::jthread first{[&] {
        store.whole([&] {
            store.execute("INSERT INTO told VALUES(0, 0)");
            begun.count_down();
            goOn.wait();
        });
    }};
    begun.wait();
    std::vector<std::jthread> others;
    for (int thread = 1; thread <= Waiting; ++thread) {
        others.emplace_back([&, thread] {
            store.whole([&] { store.execute("INSERT INTO told VALUES(?,?)", thread, thread); });
        });
    }
    while (store.turnsWaiting() < Waiting)
        std::this_thread::yield();
    goOn.count_down();
    first.join();
    others.clear();
    EXPECT_EQ(commits, 2) << "the first alone, all others together";
    EXPECT_EQ(rows(), 1 + Waiting);
}

TEST_F(StoreTurns, aWorkThatThrowsIsUndoneAloneAndTellsItsOwnFailure) {
    std::atomic<int> told{0};
    together(12, [&](int thread) {
        for (int n = 0; n < 20; ++n) {
            const int mine = thread * 100 + n;
            try {
                store.whole([&] {
                    store.execute("INSERT INTO told VALUES(?,?)", thread, mine);
                    if (thread % 3 == 0) {
                        throw Failure{Fault::RequestRefused, std::to_string(mine)};
                    }
                });
            } catch (const Failure& failure) {
                if (failure.what() == std::to_string(mine)) ++told;
            }
        }
    });
    EXPECT_EQ(told, 4 * 20);
    EXPECT_EQ(rows("thread % 3 = 0"), 0);
    EXPECT_EQ(rows(), 8 * 20);
}

TEST_F(StoreTurns, aStatementThatFailsCostsNoOtherThreadItsWork) {
    std::atomic<int> told{0};
    together(12, [&](int thread) {
        for (int n = 0; n < 20; ++n) {
            const int mine = thread % 3 == 0 ? -1 : thread * 100 + n;  // -1 is there once only
            try {
                store.whole([&] { store.execute("INSERT INTO told VALUES(?,?)", thread, mine); });
            } catch (const Failure& failure) {
                if (failure.fault() == Fault::LedgerUnwritable && mine == -1) ++told;
            }
        }
    });
    EXPECT_EQ(told, 4 * 20 - 1);
    EXPECT_EQ(rows("n = -1"), 1);
    EXPECT_EQ(rows(), 8 * 20 + 1);
}

}  // namespace
}  // namespace zegel::station
