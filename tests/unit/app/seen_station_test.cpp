#include "station/app/commands/seen_station.h"

#include "drivers/base/failure.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdlib.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

/// Standard output of a test.
class Printed {
public:
    Printed() : before_(std::cout.rdbuf(text_.rdbuf())) {}
    ~Printed() { std::cout.rdbuf(before_); }
    Printed(const Printed&) = delete;
    Printed& operator=(const Printed&) = delete;

    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::streambuf* before_;
};

class SeenStationTells : public ::testing::Test {
protected:
    SeenStationTells() {
        settings_.station.name = "here";
        settings_.station.ledger = folder_ / "ledger.sqlite";
        settings_.station.reports = folder_;
        Ledger ledger{settings_.station.ledger, clock_};
        Batch batch{BatchId{"B"}, {}, {}};
        batch.refused.push_back({OrderId{"O"}, 1, 1, "not good"});
        ledger.accept(batch, "digest");
    }
    ~SeenStationTells() override { fs::remove_all(folder_); }

    static fs::path madeFolder() {
        std::string name = (fs::temp_directory_path() / "zegel-seen-XXXXXX").string();
        return ::mkdtemp(name.data());
    }

    fs::path folder_ = madeFolder();
    SystemClock clock_;
    config::Settings settings_;
};

TEST_F(SeenStationTells, nothingToAPersonWhileTheLedgerIsLookedAt) {
    const Printed printed;
    SeenStation station{settings_};
    station.tell(BatchId{"B"}, [&](const BatchReport& report, std::ostream& out) {
        report.orders([&](const OrderStatus& order) {
            out << order.order.value() << ' ' << order.state << '\n' << std::flush;
            EXPECT_EQ(printed.text(), "") << "who reads slowly holds the ledger's log";
        });
    });
    EXPECT_EQ(printed.text(), "O rejected\n");
}

TEST_F(SeenStationTells, onBehindABatchOfWhichNothingIsShown) {
    const Printed printed;
    SeenStation station{settings_};
    station.tell(BatchId{"B"}, [](const BatchReport& /*report*/, std::ostream& /*out*/) {});
    std::cout << "and on\n";
    EXPECT_EQ(printed.text(), "and on\n");
}

TEST_F(SeenStationTells, thatThereIsNoRoomForWhatIsToBeShown) {
    SeenStation station{settings_};
    const auto before = fs::temp_directory_path();
    ::setenv("TMPDIR", (folder_ / "ledger.sqlite").c_str(), 1);
    try {
        station.tell(BatchId{"B"}, [](const BatchReport& /*report*/, std::ostream& /*out*/) {});
        ADD_FAILURE() << "told";
    } catch (const Failure& failure) {
        EXPECT_NE(std::string{failure.what()}.find("TMPDIR"), std::string::npos);
    }
    ::setenv("TMPDIR", before.c_str(), 1);
}

}  // namespace
}  // namespace zegel::station
