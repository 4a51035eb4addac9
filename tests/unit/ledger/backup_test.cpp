#include "station/ledger/backup.h"

#include "drivers/base/failure.h"
#include "station/ledger/ledger.h"

#include <Poco/Data/Session.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

class StandingClock final : public Clock {
public:
    TimePoint now() const override { return time; }
    TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
};

Batch batchOf(const std::string& id, int orders) {
    Batch batch{BatchId{id}, {}, {}};
    for (int number = 1; number <= orders; ++number) {
        batch.orders.push_back(
            {OrderId{id + "-" + std::to_string(number)},
             batch.id,
             "group-card-p256",
             "group-1",
             {"NL", "Gemeente Voorbeeld", "12345678", "Team", std::nullopt},
             {"A. Beheerder", "", {"Dorpsstraat 1"}, "1234 AB", "Dorp", "NL", {}},
             "nl"});
    }
    return batch;
}

class BackupTest : public ::testing::Test {
protected:
    BackupTest() {
        auto pattern = (fs::temp_directory_path() / "zegel-backup-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        ledger_ = std::make_unique<Ledger>(folder_ / "ledger.sqlite", clock_);
    }
    ~BackupTest() override {
        ledger_.reset();
        fs::remove_all(folder_);
    }

    fs::path copy() const { return folder_ / "copy.sqlite"; }
    /// As after the loss of the disk: only what the backup holds.
    Ledger& restored() {
        back_ = std::make_unique<Ledger>(copy(), clock_);
        return *back_;
    }
    std::optional<Claim> claimOn(Ledger& ledger, const std::string& chip) {
        return ledger.claim({ChipSerial{chip}, "piv", ""}, profiles_, "ZG");
    }

    StandingClock clock_;
    fs::path folder_;
    std::unique_ptr<Ledger> ledger_;
    std::unique_ptr<Ledger> back_;
    std::vector<std::string> profiles_{"group-card-p256"};
};

TEST_F(BackupTest, holdsWhatTheLedgerHeldAndIsForItsOwnerOnly) {
    ledger_->accept(batchOf("B1", 3), "digest");
    claimOn(*ledger_, "piv-1");
    copyLedger(folder_ / "ledger.sqlite", copy());
    EXPECT_EQ(fs::status(copy()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    auto& ledger = restored();
    EXPECT_EQ(ledger.orders(BatchId{"B1"}).size(), 3U);
    EXPECT_EQ(ledger.order(OrderId{"B1-1"})->state, OrderState::InProduction);
    EXPECT_EQ(ledger.instance(), ledger_->instance());
    EXPECT_EQ(ledger.lastEvent(), ledger_->lastEvent());
    EXPECT_FALSE(ledger.firstBrokenAudit().has_value());
}

TEST_F(BackupTest, isWholeWhileAnotherThreadGoesOnWriting) {
    std::atomic<bool> begun{false};
    std::jthread writer{[&](const std::stop_token& stop) {
        for (int batch = 1; !stop.stop_requested(); ++batch) {
            ledger_->accept(batchOf("B" + std::to_string(batch), 20), "digest");
            begun = true;
            begun.notify_one();
        }
    }};
    begun.wait(false);
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    ASSERT_FALSE(ledger.batches().empty());
    for (const auto& batch : ledger.batches())
        EXPECT_EQ(ledger.orders(batch.id).size(), 20U) << batch.id.value();
}

TEST_F(BackupTest, refusesALedgerThatIsNotThere) {
    EXPECT_THROW(copyLedger(folder_ / "none.sqlite", copy()), Failure);
    EXPECT_FALSE(fs::exists(copy()));
}

TEST_F(BackupTest, tellsACopyThatIsNotSound) {
    ledger_->accept(batchOf("B1", 200), "digest");
    copyLedger(folder_ / "ledger.sqlite", copy());
    {
        std::fstream file{copy(), std::ios::in | std::ios::out | std::ios::binary};
        file.seekp(20'000);
        file << std::string(30'000, 'x');
    }
    try {
        copyLedger(copy(), folder_ / "again.sqlite");
        FAIL() << "copied";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LedgerUnwritable);
    }
}

TEST_F(BackupTest, goesOnAboveTheNumbersAndEventsThatWereGivenOutSince) {
    ledger_->accept(batchOf("B1", 3), "digest");
    copyLedger(folder_ / "ledger.sqlite", copy());
    claimOn(*ledger_, "piv-1");
    const auto lost = claimOn(*ledger_, "piv-2");
    const auto lastGiven = ledger_->lastEvent();

    auto& ledger = restored();
    const auto number = countedNumber(lost->number.value(), "ZG");
    ASSERT_TRUE(number.has_value());
    ledger.continueFromBackup({"J. Jansen", "disk lost", number, std::set<OrderId>{}});
    const auto before = ledger.lastEvent();
    const auto next = claimOn(ledger, "piv-3");
    EXPECT_EQ(countedNumber(next->number.value(), "ZG")->sequence, number->sequence + 1);
    EXPECT_GT(ledger.events(before, 1).front().sequence, lastGiven);
}

TEST_F(BackupTest, tellsTheOrderSystemFirstAndUnderNoNumberThatWasGivenOutBefore) {
    ledger_->accept(batchOf("B1", 2), "digest");
    const auto claim = claimOn(*ledger_, "piv-1");
    ledger_->intendKeys(*claim);
    copyLedger(folder_ / "ledger.sqlite", copy());
    const auto inBackup = ledger_->lastEvent();
    ledger_->accept(batchOf("B2", 1), "digest");
    const auto lastGiven = ledger_->lastEvent();

    auto& ledger = restored();
    const auto continuation = ledger.continueFromBackup({"J. Jansen", "disk lost", {}, {}});
    ASSERT_EQ(continuation.recovered.size(), 1U);
    EXPECT_NE(continuation.recovered.front().find("piv-1 is spoiled"), std::string::npos);
    const auto told = ledger.events(inBackup, 100);
    ASSERT_GE(told.size(), 3U);
    EXPECT_EQ(told.front().kind + " " + told.front().after, "ledger restored");
    EXPECT_EQ(told.front().reason, "disk lost (J. Jansen)");
    for (const auto& event : told)
        EXPECT_GT(event.sequence, lastGiven) << event.kind << " " << event.after;
    EXPECT_EQ(ledger.order(claim->order.id)->state, OrderState::Queued);
}

TEST_F(BackupTest, holdsEveryWaitingOrderWhenNobodyKnowsWhichWereMade) {
    ledger_->accept(batchOf("B1", 3), "digest");
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    const auto continuation =
        ledger.continueFromBackup({"J. Jansen", "disk lost", CountedNumber{2026, 2}, {}});
    EXPECT_EQ(continuation.held, 3U);
    EXPECT_FALSE(claimOn(ledger, "piv-1").has_value());
    const auto held = ledger.order(OrderId{"B1-1"});
    EXPECT_EQ(held->state, OrderState::OnHold);
    EXPECT_NE(held->reason.find("backup"), std::string::npos) << held->reason;
    std::vector<std::string> said;
    for (const auto& record : ledger.auditTrail()) {
        if (record.who == "J. Jansen") said.push_back(record.act + ": " + record.subject);
    }
    EXPECT_EQ(said,
              (std::vector<std::string>{"ledger restored: a backup", "order put on hold: B1-1",
                                        "order put on hold: B1-2", "order put on hold: B1-3"}));
    EXPECT_EQ(ledger.auditTrail()[1].why, "disk lost");
}

TEST_F(BackupTest, holdsTheOrdersThatWereMadeAndNoOthers) {
    ledger_->accept(batchOf("B1", 3), "digest");
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    const std::set<OrderId> made{OrderId{"B1-2"}};
    const auto continuation =
        ledger.continueFromBackup({"J. Jansen", "disk lost", CountedNumber{2026, 1}, made});
    EXPECT_EQ(continuation.held, 1U);
    EXPECT_EQ(ledger.order(OrderId{"B1-2"})->state, OrderState::OnHold);
    EXPECT_EQ(ledger.order(OrderId{"B1-3"})->state, OrderState::Queued);
}

TEST_F(BackupTest, refusesAMadeOrderThatItNeverKnewAndChangesNothing) {
    ledger_->accept(batchOf("B1", 1), "digest");
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    const std::set<OrderId> made{OrderId{"B1-1"}, OrderId{"B9-1"}};
    try {
        ledger.continueFromBackup({"J. Jansen", "disk lost", CountedNumber{2026, 1}, made});
        FAIL() << "taken";
    } catch (const Failure& failure) {
        EXPECT_NE(std::string{failure.what()}.find("B9-1"), std::string::npos);
    }
    EXPECT_EQ(ledger.order(OrderId{"B1-1"})->state, OrderState::Queued);
    EXPECT_TRUE(ledger.auditTrail().back().act != "ledger restored");
}

TEST_F(BackupTest, refusesAnEmptyFileAndAnotherProgramsDatabase) {
    std::ofstream{folder_ / "cut-short"};
    {
        Poco::Data::Session session{"SQLite", (folder_ / "others").string()};
        session << "CREATE TABLE audit(n)", Poco::Data::Keywords::now;
    }
    for (const auto* name : {"cut-short", "others"}) {
        try {
            copyLedger(folder_ / name, copy());
            ADD_FAILURE() << "copied " << name;
        } catch (const Failure& failure) {
            EXPECT_NE(std::string{failure.what()}.find("no ledger of a station"), std::string::npos)
                << failure.what();
        }
    }
}

TEST_F(BackupTest, takesNoLastNumberBelowTheBackupsOwn) {
    ledger_->accept(batchOf("B1", 3), "digest");
    claimOn(*ledger_, "piv-1");
    claimOn(*ledger_, "piv-2");
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    for (const auto below : {CountedNumber{2025, 999}, CountedNumber{2026, 1}}) {
        EXPECT_THROW(ledger.continueFromBackup({"J. Jansen", "disk lost", below, {}}), Failure)
            << below.year;
    }
    EXPECT_EQ(ledger.order(OrderId{"B1-3"})->state, OrderState::Queued) << "nothing was changed";
}

TEST_F(BackupTest, holdsAnOrderWhoseCardWasBeingMadeHoweverItIsListed) {
    ledger_->accept(batchOf("B1", 2), "digest");
    const auto claim = claimOn(*ledger_, "piv-1");
    ledger_->intendKeys(*claim);
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    const std::set<OrderId> made{OrderId{"B1-2"}};
    EXPECT_EQ(
        ledger.continueFromBackup({"J. Jansen", "disk lost", CountedNumber{2026, 2}, made}).held,
        2U);
    const auto order = ledger.order(claim->order.id);
    EXPECT_EQ(order->state, OrderState::OnHold);
    EXPECT_NE(order->reason.find("was being made"), std::string::npos) << order->reason;
}

TEST_F(BackupTest, tellsOfAnOrderOnHoldThatItMayBeMadeSinceAndWhyItWasHeldBefore) {
    ledger_->accept(batchOf("B1", 1), "digest");
    ledger_->decide(
        Decision{"d1", OrderId{"B1-1"}, Decision::Act::Hold, "A. Person", "look first"});
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    const auto before = ledger.lastEvent();
    EXPECT_EQ(ledger.continueFromBackup({"J. Jansen", "lost", CountedNumber{2026, 1}, {}}).held,
              1U);
    const auto reason = ledger.order(OrderId{"B1-1"})->reason;
    EXPECT_NE(reason.find("restored from a backup"), std::string::npos) << reason;
    EXPECT_NE(reason.find("look first"), std::string::npos) << reason;
    EXPECT_EQ(ledger.events(before, 10).back().reason, reason);
}

TEST_F(BackupTest, ofALedgerWithoutEventsGivesNoneANumberThatWasGivenOutBefore) {
    copyLedger(folder_ / "ledger.sqlite", copy());
    ledger_->accept(batchOf("B1", 1), "digest");
    const auto lastGiven = ledger_->lastEvent();
    auto& ledger = restored();
    ledger.continueFromBackup({"J. Jansen", "disk lost", {}, {}});
    EXPECT_GT(ledger.events(0, 1).front().sequence, lastGiven);
}

TEST_F(BackupTest, anOlderLedgerIsLeftAsItIsByWhoeverOnlyLooks) {
    copyLedger(folder_ / "ledger.sqlite", copy());
    {
        Poco::Data::Session session{"SQLite", copy().string()};
        session << "PRAGMA user_version=6", Poco::Data::Keywords::now;
    }
    try {
        const Ledger looking{copy(), clock_, Ledger::Schema::AsItIs};
        FAIL() << "opened";
    } catch (const Failure& failure) {
        EXPECT_NE(std::string{failure.what()}.find("schema 6"), std::string::npos);
    }
}

TEST_F(BackupTest, whoeverOnlyLooksCannotWriteAndIsNotTheStation) {
    copyLedger(folder_ / "ledger.sqlite", copy());
    Ledger looking{copy(), clock_, Ledger::Schema::AsItIs};
    EXPECT_TRUE(looking.certificatesInDoubt().empty());
    try {
        looking.accept(batchOf("B1", 1), "digest");
        FAIL() << "written";
    } catch (const Failure& failure) {
        const std::string said = failure.what();
        EXPECT_NE(said.find("cannot look at the ledger"), std::string::npos) << said;
        EXPECT_EQ(said.find("the station stops"), std::string::npos) << said;
    }
    EXPECT_FALSE(looking.batch(BatchId{"B1"}));
}

TEST_F(BackupTest, saysOfWhatIsNotSignedThatItCameBackAndNotThatAStationStopped) {
    ledger_->accept(batchOf("B1", 1), "digest");
    ledger_->recordAuditHead({1, Bytes{1}});
    ledger_->audit("A. Person", "something", "else", "unsigned when the backup is taken");
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    ledger.continueFromBackup({"J. Jansen", "disk lost", {}, {}});
    EXPECT_EQ(ledger.auditTrail().back().act, LedgerRestored) << "nothing was stopped by then";
    const auto foundAtStart = [&] {
        ledger.recover();
        const auto found = ledger.auditTrail().back();
        return found.act + ": " + found.subject + ", " + found.why;
    };
    EXPECT_EQ(foundAtStart(),
              "records found unsigned: 2 to 3, the ledger came back from a backup, "
              "and 2 records of it had no signature yet");
    ledger.recordAuditHead({4, Bytes{1}});
    ledger.audit("A. Person", "something", "else", "since");
    EXPECT_EQ(foundAtStart(),
              "records found unsigned: 5 to 5, the station stopped before it signed 1 record");
}

TEST_F(BackupTest, leavesTheQueueAsItWasWhenNothingWasMade) {
    ledger_->accept(batchOf("B1", 2), "digest");
    copyLedger(folder_ / "ledger.sqlite", copy());
    auto& ledger = restored();
    EXPECT_EQ(ledger.continueFromBackup({"J. Jansen", "disk lost", {}, {}}).held, 0U);
    EXPECT_EQ(ledger.order(OrderId{"B1-2"})->state, OrderState::Queued);
}

}  // namespace
}  // namespace zegel::station
