#include "hwsim/orders/event_book.h"

#include <Poco/Exception.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace zegel::hwsim {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string event(int sequence, const std::string& subject, const std::string& before,
                  const std::string& after, const std::string& order = "O") {
    auto digits = std::to_string(sequence);
    digits.insert(0, 4 - digits.size(), '0');
    return R"({"specversion":"1.0","id":"x-)" + std::to_string(sequence) +
           R"(","source":"/zegel/a","type":"zegel.a.b","subject":")" + subject +
           R"(","time":"2026-11-21T00:00:00Z","sequence":")" + digits + R"(","data":{"order":")" +
           order + R"(","before":")" + before + R"(","after":")" + after + R"("}})";
}

class EventBookTest : public ::testing::Test {
protected:
    EventBookTest() {
        std::string pattern = ::testing::TempDir() + "/zegel-book-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~EventBookTest() override { fs::remove_all(folder_); }
    fs::path file() const { return folder_ / "received.jsonl"; }
    void take(EventBook& book, const std::string& body) { book.take(receivedEventFrom(body)); }
    fs::path folder_;
};

TEST_F(EventBookTest, takesWhatGoesOnAndDropsRepeats) {
    EventBook book{file()};
    take(book, event(1, "order/O", "queued", "in-production"));
    take(book, event(2, "card/c", "", "claimed"));
    take(book, event(3, "order/O", "in-production", "produced"));
    take(book, event(2, "card/c", "", "claimed"));
    EXPECT_EQ(book.all().size(), 3U);
    EXPECT_EQ(book.repeats(), 1U);
    EXPECT_THAT(book.complaints(), IsEmpty());
}

TEST_F(EventBookTest, complainsOfWhatGoesBack) {
    EventBook book{file()};
    take(book, event(5, "card/c", "", "claimed", "O"));
    take(book, event(4, "card/c", "claimed", "spoiled", "P"));
    take(book, event(3, "order/O", "queued", "in-production", "O"));
    EXPECT_THAT(book.complaints(),
                ElementsAre(HasSubstr("goes back in card/c"), HasSubstr("goes back in order O")));
}

TEST_F(EventBookTest, complainsWhenAChangeIsMissing) {
    EventBook book{file()};
    take(book, event(1, "order/O", "queued", "in-production"));
    take(book, event(3, "order/O", "produced", "received"));
    EXPECT_THAT(book.complaints(), ElementsAre(HasSubstr("was in-production, not produced")));
}

TEST_F(EventBookTest, takesAnEarlierStateAfterALedgerWasRestoredButNoLowerNumber) {
    EventBook book{file()};
    take(book, event(4, "order/O", "queued", "in-production"));
    auto restored = event(900, "ledger/l", "", "restored", "");
    restored.replace(restored.find("zegel.a.b"), 9, "zegel.ledger.restored");
    take(book, restored);
    take(book, event(901, "order/O", "queued", "on-hold"));
    EXPECT_THAT(book.complaints(), IsEmpty());
    take(book, event(5, "order/O", "on-hold", "queued"));
    EXPECT_THAT(book.complaints(),
                ElementsAre(HasSubstr("back in order/O"), HasSubstr("back in order O")));
}

TEST_F(EventBookTest, complainsOfAnIdWithOtherContent) {
    EventBook book{file()};
    take(book, event(1, "order/O", "queued", "in-production"));
    take(book, event(1, "order/O", "queued", "rejected"));
    EXPECT_THAT(book.complaints(), ElementsAre(HasSubstr("other content")));
}

TEST_F(EventBookTest, goesOnWhereItWasAndDropsALineThatWasCutShort) {
    {
        EventBook book{file()};
        take(book, event(1, "order/O", "queued", "in-production"));
        take(book, event(2, "card/c", "", "claimed"));
    }
    std::ofstream{file(), std::ios::app} << event(3, "order/O", "in-production", "produced");
    EventBook book{file()};
    EXPECT_EQ(book.all().size(), 2U);
    take(book, event(2, "card/c", "", "claimed"));
    take(book, event(3, "order/O", "in-production", "produced"));
    EXPECT_EQ(book.repeats(), 1U);
    EXPECT_EQ(book.all().size(), 3U);
    EXPECT_THAT(book.complaints(), IsEmpty());
    EXPECT_EQ(EventBook{file()}.all().size(), 3U);
}

TEST(ReceivedEvent, isACloudEventOrNothing) {
    auto without = event(1, "order/O", "", "x");
    without.replace(without.find("\"id\""), 4, "\"ID\"");
    EXPECT_THROW(receivedEventFrom(without), Poco::Exception);
    EXPECT_THROW(receivedEventFrom("no json"), Poco::Exception);
    EXPECT_THROW(receivedEventFrom("[]"), Poco::Exception);
    auto later = event(1, "order/O", "", "x");
    later.replace(later.find("1.0"), 3, "0.3");
    EXPECT_THROW(receivedEventFrom(later), Poco::Exception);
}

}  // namespace
}  // namespace zegel::hwsim
