#include "station/api/waiting.h"

#include "station/api/views.h"
#include "station/app/commands/reports.h"
#include "station/app/waited_for.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <stdlib.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const TimePoint Morning = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

ReaderStatus readerSaying(const std::string& name, ReaderStatus::State state,
                          const std::string& message, const std::optional<Fault>& fault = {}) {
    ReaderStatus status;
    status.reader = ReaderName{name};
    status.state = state;
    status.message = message;
    status.fault = fault;
    return status;
}

TEST(Waiting, ofReadersThoseThatAPersonHasToGoTo) {
    using State = ReaderStatus::State;
    const std::vector<ReaderStatus> readers{
        readerSaying("one", State::Empty, "put in a blank card"),
        readerSaying("two", State::Attention, "3 cards in a row failed here",
                     Fault::ReaderUnavailable),
        readerSaying("three", State::Paused, "the CA cannot be reached",
                     Fault::AuthorityUnavailable),
        readerSaying("four", State::Paused, "it is called [authority-unavailable]",
                     Fault::TokenUnavailable),
        readerSaying("five", State::Done, "take the card out"),
        readerSaying("PC/SC service", State::Paused, "does not run", Fault::ReaderUnavailable)};
    std::vector<std::string> names;
    for (const auto& reader : readersWaiting(viewsOf(readers)))
        names.push_back(reader.extract<Poco::JSON::Object>().getValue<std::string>("reader"));
    EXPECT_THAT(names, ElementsAre("two", "four", "PC/SC service"))
        << "by the fault, not the words";
}

TEST(Waiting, forTheCaTheOrderSystemAndTheInbox) {
    AuthorityCondition authority;
    OrderSystemCondition orders;
    EXPECT_TRUE(waitedFor(authority, orders, std::nullopt).empty()) << "all is well";
    EXPECT_TRUE(waitedFor(authority, std::nullopt, std::nullopt).empty());

    authority = {true, "it cannot be reached", Morning, Morning + std::chrono::seconds{5},
                 Fault::AuthorityUnavailable};
    orders.held = {{"x-7", "zegel.order.produced", "order/O1", "422", 3, Morning}};
    const WaitedFor inbox{"inbox", Morning, std::nullopt, "it is gone"};
    const auto all = waitedFor(authority, orders, inbox);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].reason, "it cannot be reached [authority-unavailable]");
    EXPECT_EQ(all[1].reason, "event x-7 of order/O1 is not taken: 422");
    EXPECT_EQ(all[2], inbox);

    Poco::JSON::Object shown;
    shown.set("waitedFor", viewsOf(all));
    std::ostringstream said;
    tellWaitedFor(shown, said);
    EXPECT_THAT(said.str(), HasSubstr("\nthe CA is waited for since 2026-11-21T00:00:00Z, the next "
                                      "try is at 2026-11-21T00:00:05Z\n  it cannot be reached "
                                      "[authority-unavailable]\n  after a quarter of an hour"));
    EXPECT_THAT(said.str(), HasSubstr("\nthe order system is waited for"));
    EXPECT_THAT(said.str(), HasSubstr("\nthe inbox is waited for since 2026-11-21T00:00:00Z\n"));
}

TEST(Waiting, forTheOrderSystemToSendOrdersAgainThatWereNotTaken) {
    std::string name = (fs::temp_directory_path() / "zegel-waiting-XXXXXX").string();
    const fs::path folder = ::mkdtemp(name.data());
    {
        const SystemClock clock;
        Ledger ledger{folder / "ledger.sqlite", clock};
        for (const auto* id : {"A", "B"}) {
            Batch batch{BatchId{id}, {}, {}};
            batch.refused.push_back({OrderId{std::string{id} + "-1"}, 1, 1, "not good"});
            batch.refused.push_back({OrderId{std::string{id} + "-2"}, 2, 9, "not good either"});
            ledger.accept(batch, id);
        }
        const auto rejected = [&](TimePoint now, std::size_t limit) {
            std::vector<std::string> orders;
            for (const auto& order :
                 objectsIn(exceptionsShown(ledger, now, limit, {}), "rejected")) {
                orders.push_back(text(order, "order"));
            }
            return orders;
        };
        const auto now = clock.now();
        EXPECT_THAT(rejected(now, 10), ElementsAre("B-1", "B-2", "A-1", "A-2"));
        EXPECT_THAT(rejected(now, 3), ElementsAre("B-1", "B-2", "A-1"));
        EXPECT_THAT(rejected(now + std::chrono::days{8}, 10), ElementsAre());
        EXPECT_EQ(ledger.stateCounts().orders.at("rejected"), 4U) << "as `zegel batches` counts";
    }
    fs::remove_all(folder);
}

}  // namespace
}  // namespace zegel::station
