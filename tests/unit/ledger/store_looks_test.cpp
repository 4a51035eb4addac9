#include "drivers/base/failure.h"
#include "station/ledger/store.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <latch>
#include <stdlib.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

/// Who looks at the ledger beside its writer.
class StoreLooks : public testing::Test {
protected:
    StoreLooks() {
        store.whole([&] { store.execute("CREATE TABLE told(n INTEGER UNIQUE)"); });
    }
    ~StoreLooks() override { fs::remove_all(folder); }

    static fs::path madeFolder() {
        std::string name = (fs::temp_directory_path() / "zegel-looks-XXXXXX").string();
        return ::mkdtemp(name.data());
    }

    void write(int n) {
        store.whole([&] { store.execute("INSERT INTO told VALUES(?)", n); });
    }
    std::int64_t rows() {
        return store.reading([](Connection& beside) {
            auto found = beside.select("SELECT count(*) AS n FROM told");
            return numberAt(found, "n");
        });
    }

    fs::path folder = madeFolder();
    SystemClock clock;
    Store store{folder / "ledger.sqlite", clock};
};

TEST_F(StoreLooks, doNotWaitForTheWriterAndSeeOnlyWhatIsCommitted) {
    write(1);
    std::latch written{1};
    std::promise<void> goOn;
    auto writer = std::async(std::launch::async, [&] {
        store.whole([&] {
            store.execute("INSERT INTO told VALUES(2)");
            written.count_down();
            goOn.get_future().wait();
        });
    });
    written.wait();
    EXPECT_EQ(rows(), 1);  // would never come back if it waited
    goOn.set_value();
    writer.get();
    EXPECT_EQ(rows(), 2);
}

TEST_F(StoreLooks, withinALookAreOfItsMoment) {
    write(1);
    store.reading([&](Connection& beside) {
        EXPECT_EQ(rows(), 1);
        std::async(std::launch::async, [&] { write(2); }).get();
        EXPECT_EQ(rows(), 1);
        auto found = beside.select("SELECT max(n) AS n FROM told");
        EXPECT_EQ(numberAt(found, "n"), 1);
        EXPECT_EQ(std::async(std::launch::async, [&] { return rows(); }).get(), 2);
    });
    EXPECT_EQ(rows(), 2);
}

TEST_F(StoreLooks, ofTwoLedgersAreKeptApart) {
    Store other{folder / "other.sqlite", clock};
    write(1);
    store.reading([&](Connection&) {
        EXPECT_EQ(rows(), 1);  // the moment of a look is that of its first question
        other.reading([](Connection& beside) {
            auto found = beside.select("SELECT count(*) AS n FROM sqlite_master WHERE name='told'");
            EXPECT_EQ(numberAt(found, "n"), 0);
        });
        std::async(std::launch::async, [&] { write(2); }).get();
        EXPECT_EQ(rows(), 1) << "the outer look goes on at its moment";
    });
}

TEST_F(StoreLooks, changeNothing) {
    const auto change = [&] {
        store.reading([](Connection& beside) { beside.execute("INSERT INTO told VALUES(9)"); });
    };
    EXPECT_THROW(change(), Failure);
    EXPECT_EQ(rows(), 0);
}

TEST_F(StoreLooks, thatFailLeaveTheNextOneWhole) {
    EXPECT_THROW(store.reading([](Connection& beside) { beside.select("SELECT nonsense"); }),
                 Failure);
    EXPECT_THROW(store.reading([](Connection&) { throw std::runtime_error{"mine"}; }),
                 std::runtime_error);
    write(1);
    EXPECT_EQ(rows(), 1);
}

}  // namespace
}  // namespace zegel::station
