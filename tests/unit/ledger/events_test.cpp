#include "drivers/base/failure.h"
#include "station/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sqlite3.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StandingClock final : public Clock {
public:
    TimePoint now() const override { return time; }
    TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
};

Order order(const std::string& id, const std::string& batch = "B1") {
    return {
        OrderId{id},
        BatchId{batch},
        "group-card-p256",
        "group-1",
        {"NL", "Gemeente Voorbeeld", "12345678", "Team Voorbeeld", std::nullopt},
        {"A. Beheerder", "Gemeente Voorbeeld", {"Dorpsstraat 1"}, "1234 AB", "ONS DORP", "NL", {}},
        "nl"};
}

class EventsTest : public ::testing::Test {
protected:
    EventsTest() {
        auto pattern = (fs::temp_directory_path() / "zegel-events-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~EventsTest() override {
        ledger_.reset();
        fs::remove_all(folder_);
    }

    fs::path file() const { return folder_ / "ledger.sqlite"; }
    Ledger& ledger() {
        if (!ledger_) ledger_ = std::make_unique<Ledger>(file(), clock_);
        return *ledger_;
    }
    Ledger& reopened() {
        ledger_.reset();
        return ledger();
    }
    void acceptOne() { ledger().accept({BatchId{"B1"}, {order("O1")}, {}}, "digest"); }
    Claim claimOn(const std::string& serial) {
        return ledger().claim({ChipSerial{serial}, "piv", "5.7.1"}, profiles_, "ZG").value();
    }
    CertificateRow askedFor(const Claim& claim) {
        return ledger().intendCertificate(claim, Purpose::Authenticity, Bytes{1}, Bytes{2});
    }
    /// "order O1 queued>in-production" of everything after `sequence`.
    std::vector<std::string> told(std::int64_t sequence = 0) {
        std::vector<std::string> lines;
        for (const auto& event : ledger().events(sequence, 1000))
            lines.push_back(event.kind + " " + event.subject + " " + event.before + ">" +
                            event.after);
        return lines;
    }

    StandingClock clock_;
    fs::path folder_;
    std::unique_ptr<Ledger> ledger_;
    std::vector<std::string> profiles_{"group-card-p256"};
};

TEST_F(EventsTest, tellABatchOnceWithItsSumsAndEachOrderThatWasNotTaken) {
    acceptOne();
    ledger().accept({BatchId{"B2"},
                     {order("O1", "B2"), order("O2", "B2")},
                     {{OrderId{"B2#3"}, 3, 40, "no profile"}}},
                    "digest 2");
    EXPECT_THAT(told(), ElementsAre("batch B1 >accepted", "batch B2 >accepted",
                                    "order B2#3 >refused", "order B2#1 >refused"));
    const auto events = ledger().events(1, 10);
    EXPECT_EQ(events[0].orders, 1U);
    EXPECT_EQ(events[0].refused, 2U);
    EXPECT_EQ(events[1].reason, "no profile");
    EXPECT_EQ(events[1].batch, "B2");
    EXPECT_EQ(events[1].orders, std::nullopt);
}

TEST_F(EventsTest, tellNothingOfABatchThatCameAgainOrWasNotTaken) {
    acceptOne();
    acceptOne();
    EXPECT_THROW(ledger().accept({BatchId{"B1"}, {order("O7")}, {}}, "other"), Failure);
    EXPECT_THAT(told(), ElementsAre("batch B1 >accepted"));
}

TEST_F(EventsTest, tellAWholeWalkInOrder) {
    acceptOne();
    const auto claim = claimOn("piv-1");
    ledger().intendKeys(claim);
    ledger().recordIssued(askedFor(claim), {Bytes{0x30}, "4A0B", clock_.now(), clock_.now()});
    ledger().intendGuard(claim);
    ledger().holdLetter(claim, Bytes{9}, "hash");
    ledger().finish(claim, "{}");
    ledger().releaseByReceipt({"R1", "Team Voorbeeld", claim.number.value(), "desk", true,
                               "released", claim.order.id, clock_.now()},
                              claim.letter);
    const auto letter = claim.letter.value();
    EXPECT_THAT(told(1),
                ElementsAre("order O1 queued>in-production", "card piv-1 blank>claimed",
                            "certificate 1 >asked", "certificate 1 asked>issued",
                            "card piv-1 claimed>personalised", "letter " + letter + " >held",
                            "certificate 1 issued>confirmed", "card piv-1 personalised>proved",
                            "order O1 in-production>produced", "order O1 produced>received",
                            "letter " + letter + " held>released", "card piv-1 proved>in-use"));
    for (const auto& event : ledger().events(1, 100)) {
        EXPECT_EQ(event.order, "O1") << event.sequence;
        EXPECT_EQ(event.batch, "B1") << event.sequence;
        EXPECT_EQ(event.chip, "piv-1") << event.sequence;
        EXPECT_EQ(event.number, claim.number.value()) << event.sequence;
        EXPECT_EQ(event.name, "Team Voorbeeld") << event.sequence;
        EXPECT_EQ(event.serial, event.kind == "certificate" && event.after != "asked" ? "4A0B" : "")
            << event.sequence;
        EXPECT_EQ(event.purpose, event.kind == "certificate" ? "authenticity" : "")
            << event.sequence;
    }
}

TEST_F(EventsTest, tellWhatASpoiledCardTakesWithIt) {
    acceptOne();
    const auto claim = claimOn("piv-1");
    ledger().intendKeys(claim);
    ledger().recordIssued(askedFor(claim), {Bytes{0x30}, "4A0B", clock_.now(), clock_.now()});
    ledger().holdLetter(claim, Bytes{9}, "hash");
    const auto before = ledger().lastEvent();
    ledger().spoil(claim, OrderState::Queued, "the card was pulled", true);
    ledger().recordReset(ChipSerial{"piv-1"}, {ChipSerial{"piv-1"}, "piv", "5.7.1"});
    EXPECT_THAT(told(before),
                ElementsAre("certificate 1 issued>revocation-wanted",
                            "letter " + claim.letter.value() + " held>destroyed",
                            "card piv-1 claimed>spoiled", "order O1 in-production>queued",
                            "card piv-1 spoiled>blank"));
    const auto events = ledger().events(before, 10);
    EXPECT_EQ(events[2].order, "O1");
    EXPECT_EQ(events[2].reason, "the card was pulled");
    EXPECT_EQ(events[3].chip, "");   // the order has none any more
    EXPECT_EQ(events[4].order, "");  // nor the card an order
    EXPECT_EQ(events[4].number, "");
}

TEST_F(EventsTest, tellThatACardCallsItselfOtherwiseAfterAReset) {
    acceptOne();
    const auto claim = claimOn("piv-1");
    ledger().intendKeys(claim);
    ledger().spoil(claim, OrderState::Queued, "pulled", false);
    const auto before = ledger().lastEvent();
    ledger().recordReset(ChipSerial{"piv-1"}, {ChipSerial{"piv-9"}, "piv", "5.7.1"});
    EXPECT_THAT(told(before), ElementsAre("card piv-9 >blank"));
}

TEST_F(EventsTest, areNotThereWhenTheChangeWasUndone) {
    acceptOne();
    const auto claim = claimOn("piv-1");
    const auto before = ledger().lastEvent();
    EXPECT_THROW(ledger().finish(claim, "{}"), Failure);  // a claimed card is not proved
    EXPECT_EQ(ledger().lastEvent(), before);
    EXPECT_THAT(told(before), IsEmpty());
}

TEST_F(EventsTest, areGivenPageByPageAfterACursor) {
    acceptOne();
    claimOn("piv-1");
    EXPECT_EQ(ledger().events(0, 2).size(), 2U);
    EXPECT_EQ(ledger().events(2, 2).size(), 1U);
    EXPECT_EQ(ledger().events(2, 2)[0].sequence, 3);
    EXPECT_THAT(ledger().events(3, 2), IsEmpty());
    EXPECT_EQ(ledger().lastEvent(), 3);
}

TEST_F(EventsTest, waitUntilEachIsDeliveredThroughARestart) {
    acceptOne();
    claimOn("piv-1");
    EXPECT_EQ(ledger().eventBacklog().count, 3U);
    EXPECT_EQ(ledger().eventBacklog().oldest, clock_.now());
    const std::vector<std::int64_t> taken{1, 3};
    ledger().recordDelivered(taken);
    ASSERT_EQ(reopened().undeliveredEvents(0, 10).size(), 1U);
    EXPECT_EQ(ledger().undeliveredEvents(0, 10)[0].sequence, 2);
    EXPECT_THAT(ledger().undeliveredEvents(2, 10), IsEmpty());
    EXPECT_EQ(ledger().eventBacklog().count, 1U);
    EXPECT_EQ(ledger().events(0, 10).size(), 3U);  // delivered ones stay readable
}

TEST_F(EventsTest, carryAnInstanceThatNoOtherLedgerHas) {
    const auto first = ledger().instance();
    EXPECT_EQ(first.size(), 16U);
    EXPECT_EQ(reopened().instance(), first);
    Ledger other{folder_ / "other.sqlite", clock_};
    EXPECT_NE(other.instance(), first);
}

TEST_F(EventsTest, beginInALedgerOfTheThirdSchemaFromNowOn) {
    std::ifstream written(std::string{ZEGEL_SOURCE_DIR} + "/tests/unit/ledger/third_schema.sql");
    const std::string sql{std::istreambuf_iterator<char>{written}, {}};
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(raw);

    EXPECT_THAT(ledger().events(0, 10), IsEmpty());
    EXPECT_EQ(ledger().instance().size(), 16U);
    EXPECT_EQ(ledger().order(OrderId{"O1"})->state, OrderState::Produced);
    EXPECT_EQ(ledger().recover().size(), 1U);
    EXPECT_THAT(told(), ElementsAre("card piv-2 claimed>spoiled", "order O2 in-production>queued"));
    EXPECT_EQ(claimOn("piv-3").order.id, OrderId{"O2"});
}

}  // namespace
}  // namespace zegel::station
