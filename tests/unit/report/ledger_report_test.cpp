#include "station/report/ledger_report.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <stdlib.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t Many = 1203;  // more than are looked at at once
constexpr std::size_t EachRefused = 7;

class LedgerReport : public ::testing::Test {
protected:
    LedgerReport() {
        Batch batch{BatchId{"B"}, {}, {}};
        for (std::size_t position = 1; position <= Many; ++position) {
            if (position % EachRefused == 0) {
                batch.refused.push_back({idAt(position), position, position, "not good"});
                continue;
            }
            Order order;
            order.id = idAt(position);
            order.batch = batch.id;
            order.profile = "group-card-p256";
            order.subject.group = "Team Τεστ";
            batch.orders.push_back(order);
        }
        ledger_.accept(batch, "digest");
    }
    ~LedgerReport() override { fs::remove_all(folder_); }

    static fs::path madeFolder() {
        std::string name = (fs::temp_directory_path() / "zegel-report-XXXXXX").string();
        return ::mkdtemp(name.data());
    }

    static OrderId idAt(std::size_t position) { return OrderId{"O" + std::to_string(position)}; }

    void hold(std::size_t position) {
        ledger_.decide({"D" + std::to_string(position), idAt(position), Decision::Act::Hold, "me",
                        "to see it"});
    }

    fs::path folder_ = madeFolder();
    SystemClock clock_;
    Ledger ledger_{folder_ / "ledger.sqlite", clock_};
};

TEST_F(LedgerReport, givesEveryOrderOnceByItsPlaceHoweverManyThereAre) {
    std::size_t position = 0;
    const auto see = [&](const BatchReport& report) {
        EXPECT_EQ(report.states.at("rejected"), Many / EachRefused);
        EXPECT_EQ(report.states.at("queued"), Many - Many / EachRefused);
        giveOrders(report, [&](const OrderStatus& status) {
            EXPECT_EQ(status.position, ++position);
            EXPECT_EQ(status.order, idAt(position));
            EXPECT_EQ(status.state, position % EachRefused == 0 ? "rejected" : "queued");
        });
    };
    EXPECT_TRUE(tellReport(ledger_, BatchId{"B"}, "here", clock_.now(), see));
    EXPECT_EQ(position, Many);
}

TEST_F(LedgerReport, isOfOneMomentWhateverChangesMeanwhile) {
    std::size_t held = 0;
    const auto see = [&](const BatchReport& report) {
        giveOrders(report, [&](const OrderStatus& status) {
            if (status.position == 1) std::async(std::launch::async, [&] { hold(Many); }).get();
            held += status.state == "on-hold" ? 1 : 0;
        });
    };
    EXPECT_TRUE(tellReport(ledger_, BatchId{"B"}, "here", clock_.now(), see));
    EXPECT_EQ(held, 0U);
    EXPECT_TRUE(tellReport(ledger_, BatchId{"B"}, "here", clock_.now(), see));
    EXPECT_EQ(held, 1U);
}

TEST_F(LedgerReport, isNoneOfABatchThatIsUnknown) {
    const auto see = [](const BatchReport& /*report*/) { ADD_FAILURE() << "told"; };
    EXPECT_FALSE(tellReport(ledger_, BatchId{"X"}, "here", clock_.now(), see));
}

}  // namespace
}  // namespace zegel::station
