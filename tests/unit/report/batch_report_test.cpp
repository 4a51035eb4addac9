#include "station/report/batch_report.h"

#include "drivers/base/failure.h"
#include "tests/judges/json_schema_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using zegel::testing::judgedBySchema;

class StatusFile : public ::testing::Test {
protected:
    StatusFile() {
        std::string pattern = ::testing::TempDir() + "/zegel-report-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~StatusFile() override { fs::remove_all(folder_); }

    static std::string contentOf(const fs::path& file) {
        std::ifstream in(file);
        std::stringstream content;
        content << in.rdbuf();
        return content.str();
    }

    static OrderStatus produced(const std::string& id, std::size_t position) {
        return {.order = OrderId(id),
                .position = position,
                .state = "produced",
                .profile = "group-card-p256",
                .certificateName = "TRIAL Coördinatie \"Zorg\"",
                .chipSerial = ChipSerial("piv-00A1B2C3"),
                .certificateNumber = CertificateNumber("ZG-2026-000123-02"),
                .letterState = "held",
                .reason = "",
                .at = TimePoint{std::chrono::seconds{1'795'253'400}}};
    }

    static BatchReport report() {
        OrderStatus waiting;
        waiting.order = OrderId("A-4");
        waiting.position = 4;
        waiting.state = "on-hold";
        waiting.reason = "order A-4: the CA said no; ask it why";
        waiting.at = TimePoint{std::chrono::seconds{1'795'253'400}};
        const RefusedOrder refused{.id = OrderId("batch-1#2"),
                                   .position = 2,
                                   .line = 30,
                                   .reason =
                                       "batch batch-1, order batch-1#2, line 31: order: is "
                                       "missing; fill it in"};
        const TimePoint accepted{std::chrono::seconds{1'795'253'000}};
        return reportOf(
            {produced("A-1", 1), statusOf(refused, accepted), produced("A-3", 3), waiting});
    }

    static BatchReport reportOf(const std::vector<OrderStatus>& orders) {
        BatchReport report{.batch = BatchId("batch-1"),
                           .station = "Production room 1",
                           .acceptedAt = TimePoint{std::chrono::seconds{1'795'253'000}},
                           .updatedAt = TimePoint{std::chrono::seconds{1'795'253'500}},
                           .states = {},
                           .orders = {}};
        for (const auto& order : orders)
            ++report.states[order.state];
        report.orders = [orders](const TakeOrder& take) {
            for (const auto& order : orders)
                take(order);
        };
        return report;
    }

    static std::vector<OrderStatus> ordersOf(const BatchReport& report) {
        std::vector<OrderStatus> orders;
        report.orders([&](const OrderStatus& order) { orders.push_back(order); });
        return orders;
    }

    static std::string statusJson(const BatchReport& report) {
        std::ostringstream out;
        writeJson(out, report);
        return out.str();
    }

    fs::path folder_;
};

TEST_F(StatusFile, namesEveryOrderExactlyOnceByItsPlace) {
    const std::string json = contentOf(writeStatus(folder_, report()));
    std::vector<std::size_t> places;
    for (const auto* id : {"\"A-1\"", "\"batch-1#2\"", "\"A-3\"", "\"A-4\""}) {
        places.push_back(json.find(id));
        ASSERT_NE(places.back(), std::string::npos) << id;
        EXPECT_EQ(json.find(id, places.back() + 1), std::string::npos) << id;
    }
    EXPECT_TRUE(std::is_sorted(places.begin(), places.end()));
}

TEST_F(StatusFile, isValidByItsPublishedSchema) {
    const auto file = writeStatus(folder_, report());
    EXPECT_EQ(file, folder_ / "batch-1.status.json");
    EXPECT_THAT(judgedBySchema("station/report/status.schema.json", {file.string()}),
                ElementsAre("valid"));
}

TEST_F(StatusFile, wouldBeFoundOutByItsSchema) {
    std::vector<std::string> files;
    const auto lay = [&](std::size_t which, const auto& change) {
        auto orders = ordersOf(report());
        change(orders[which]);
        auto wrong = reportOf(orders);
        wrong.batch = BatchId("wrong-" + std::to_string(files.size()));
        files.push_back(writeStatus(folder_, wrong).string());
    };
    lay(3, [](OrderStatus& order) { order.state = "nearly-done"; });
    lay(3, [](OrderStatus& order) { order.reason = ""; });
    lay(0, [](OrderStatus& order) { order.letterState = "lost"; });
    lay(0, [](OrderStatus& order) { order.certificateNumber = CertificateNumber("123"); });
    lay(0, [](OrderStatus& order) { order.position = 0; });
    for (const auto& verdict : judgedBySchema("station/report/status.schema.json", files)) {
        EXPECT_THAT(verdict, HasSubstr("invalid"));
    }
}

TEST_F(StatusFile, sumsOrdersPerState) {
    const std::string json = statusJson(report());
    EXPECT_THAT(json, HasSubstr("\"count\": 4"));
    EXPECT_THAT(json, HasSubstr("\"on-hold\": 1"));
    EXPECT_THAT(json, HasSubstr("\"produced\": 2"));
    EXPECT_THAT(json, HasSubstr("\"rejected\": 1"));
    EXPECT_THAT(json, HasSubstr("\"updatedAt\": \"2026-11-21T"));
}

TEST_F(StatusFile, givesTheReasonOfTheRefusedOneAndKeepsLettersAsTheyAre) {
    const std::string json = statusJson(report());
    EXPECT_THAT(json, HasSubstr("line 31: order: is missing; fill it in"));
    EXPECT_THAT(json, HasSubstr("TRIAL Coördinatie \\\"Zorg\\\""));
}

TEST_F(StatusFile, refusesToNameAnOrderOrAPlaceTwice) {
    auto twice = ordersOf(report());
    twice.push_back(produced("A-1", 5));
    EXPECT_THROW(statusJson(reportOf(twice)), Failure);
    twice.back() = produced("A-5", 4);
    EXPECT_THROW(statusJson(reportOf(twice)), Failure);
    twice.back() = produced("A-5", 5);
    EXPECT_NO_THROW(statusJson(reportOf(twice)));
}

TEST_F(StatusFile, isNotWrittenWhenItsSumsAreNotItsOrders) {
    auto wrong = report();
    ++wrong.states["produced"];
    EXPECT_THROW(writeStatus(folder_, wrong), Failure);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(StatusFile, replacesTheOldReportWholeAndLeavesNothingBeside) {
    writeStatus(folder_, report());
    auto newer = ordersOf(report());
    newer[3].state = "produced";
    const auto file = writeStatus(folder_, reportOf(newer));
    EXPECT_THAT(contentOf(file), Not(HasSubstr("on-hold")));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
    EXPECT_EQ(fs::status(file).permissions(),
              fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
}

TEST_F(StatusFile, leavesAReportAloneThatSaysTheSameAtAnotherMoment) {
    const auto file = writeStatus(folder_, report());
    const auto first = contentOf(file);
    BatchReport later = report();
    later.updatedAt += std::chrono::hours{1};
    writeStatus(folder_, later);
    EXPECT_EQ(contentOf(file), first);
    auto orders = ordersOf(later);
    orders[3].reason += "!";
    later.orders = reportOf(orders).orders;
    writeStatus(folder_, later);
    EXPECT_NE(contentOf(file), first);
    EXPECT_EQ(contentOf(file), statusJson(later));
}

TEST_F(StatusFile, saysWhyNothingWasTakenFromAFile) {
    const auto file = writeRefusal(folder_, "orders \"of\" today.json", "line 3: is not JSON",
                                   TimePoint{std::chrono::seconds{1'795'253'400}});
    EXPECT_EQ(file, folder_ / "orders \"of\" today.json.refused.json");
    EXPECT_THAT(contentOf(file), HasSubstr("line 3: is not JSON"));
    const auto simple = writeRefusal(folder_, "../b.json", "x", TimePoint{});
    EXPECT_EQ(simple, folder_ / "b.json.refused.json");
    EXPECT_THAT(
        judgedBySchema("station/report/refused.schema.json", {file.string(), simple.string()}),
        ElementsAre("valid", "valid"));
}

TEST_F(StatusFile, namesTheFileThatCannotBeWritten) {
    try {
        writeStatus(folder_ / "absent", report());
        FAIL() << "it was written";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LedgerUnwritable);
        EXPECT_THAT(failure.what(), HasSubstr("batch-1.status.json"));
    }
}

}  // namespace
}  // namespace zegel::station
