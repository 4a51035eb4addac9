#include "station/ledger/approval_book.h"
#include "station/ledger/dispatch_book.h"
#include "station/ledger/ledger.h"
#include "station/ledger/letter_book.h"
#include "station/orders/certificate_number.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <sqlite3.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;

class StandingClock final : public Clock {
public:
    TimePoint now() const override {
        return TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
    }
};

/// A ledger as a station of that time left it, in a file beside this test.
class OldLedger : public ::testing::TestWithParam<const char*> {
protected:
    OldLedger() {
        auto pattern = (fs::temp_directory_path() / "zegel-schema-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        std::ifstream written(std::string{ZEGEL_SOURCE_DIR} + "/tests/unit/ledger/" + GetParam());
        const std::string sql{std::istreambuf_iterator<char>{written}, {}};
        sqlite3* raw = nullptr;
        EXPECT_EQ(sqlite3_open((folder_ / "old.sqlite").c_str(), &raw), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(raw);
    }
    ~OldLedger() override { fs::remove_all(folder_); }

    /// By its name, how each table and index was made.
    static std::map<std::string, std::string> schemaOf(const fs::path& file) {
        std::map<std::string, std::string> schema;
        sqlite3* raw = nullptr;
        EXPECT_EQ(sqlite3_open(file.c_str(), &raw), SQLITE_OK);
        const auto keep = [](void* into, int, char** values, char**) {
            (*static_cast<std::map<std::string, std::string>*>(into))[values[0]] =
                values[1] == nullptr ? "" : values[1];
            return 0;
        };
        EXPECT_EQ(sqlite3_exec(raw, "SELECT name, sql FROM sqlite_master", keep, &schema, nullptr),
                  SQLITE_OK);
        sqlite3_close(raw);
        return schema;
    }

    StandingClock clock_;
    fs::path folder_;
};

TEST_P(OldLedger, becomesWhatAStationOfTodayMakes) {
    Ledger{folder_ / "old.sqlite", clock_};
    Ledger{folder_ / "new.sqlite", clock_};
    EXPECT_EQ(schemaOf(folder_ / "old.sqlite"), schemaOf(folder_ / "new.sqlite"))
        << "a step that was shipped is never edited: add one";
}

TEST_P(OldLedger, keepsWhatStoodInItAndGoesOn) {
    Ledger ledger{folder_ / "old.sqlite", clock_};
    const auto expectCounted = [&] {
        std::map<OrderState, std::size_t> counts;
        for (const auto& order : ledger.orders(BatchId{"B1"}))
            ++counts[order.state];
        EXPECT_EQ(ledger.orderCounts(BatchId{"B1"}), counts);
    };
    expectCounted();
    EXPECT_EQ(ledger.firstBrokenAudit(), std::nullopt);
    const auto batch = ledger.batch(BatchId{"B1"}).value();
    EXPECT_EQ(batch.orders, 3U);
    EXPECT_EQ(batch.refused, 1U);
    const auto made = ledger.order(OrderId{"O1"}).value();
    EXPECT_EQ(made.state, OrderState::Produced);
    EXPECT_EQ(made.number, CertificateNumber{"ZG-2026-000001-77"});
    EXPECT_EQ(made.letterState, LetterState::Held);
    EXPECT_EQ(ledger.sealedCodes(made.letter.value()), (Bytes{9, 9}));
    EXPECT_EQ(ledger.certificates(made.order.id).size(), 1U);

    EXPECT_EQ(ledger.recover().size(), 1U);
    EXPECT_EQ(ledger.card(ChipSerial{"piv-2"})->state, CardState::Spoiled);
    const std::vector<std::string> profiles{"group-card-p256"};
    const auto claimed = [&](const char* chip) {
        return ledger.claim({ChipSerial{chip}, "piv", "5.7.1"}, profiles, "ZG").value();
    };
    const auto second = claimed("piv-3");
    EXPECT_EQ(second.order.id, OrderId{"O2"});
    EXPECT_EQ(countedNumber(second.number.value(), "ZG")->sequence, 3U)
        << "its last number may stand in a certificate";
    ledger.unclaim(second, OrderState::Queued, "pulled");
    expectCounted();
    EXPECT_EQ(claimed("piv-3").number, second.number);
    expectCounted();
}

/// What the first and the third could not hold yet.
class TenthLedger : public OldLedger {
protected:
    std::int64_t numberIn(const std::string& query) const {
        sqlite3* raw = nullptr;
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_open((folder_ / "old.sqlite").c_str(), &raw), SQLITE_OK);
        EXPECT_EQ(sqlite3_prepare_v2(raw, query.c_str(), -1, &statement, nullptr), SQLITE_OK);
        EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW) << query;
        const auto number = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(raw);
        return number;
    }
};

TEST_P(TenthLedger, keepsWhatDeskPrintRoomAndOrderSystemLeft) {
    const auto events = numberIn("SELECT max(sequence) FROM events");
    const auto records = numberIn("SELECT count(*) FROM audit");
    Ledger ledger{folder_ / "old.sqlite", clock_};
    EXPECT_EQ(
        ledger.orderCounts(BatchId{"B2"}),
        (std::map<OrderState, std::size_t>{
            {OrderState::Dispatched, 1}, {OrderState::Rejected, 1}, {OrderState::OnHold, 1}}));
    EXPECT_EQ(ledger.order(OrderId{"O5"})->reason, "the CA refused");
    const LetterId printing{"A2F3679E7578E0C6F4A5"};
    const auto letter = ledger.letters().letter(printing).value();
    EXPECT_EQ(letter.state, LetterState::Printing);
    EXPECT_EQ(letter.takenBy + " took edition " + std::to_string(letter.edition),
              "print-room took edition 2");
    EXPECT_EQ(ledger.sealedCodes(printing), (Bytes{8, 7}));
    const auto loan = ledger.dispatches().loans(true, 0, 9).at(0);
    EXPECT_EQ(loan.lent.serial + " with " + loan.order.value(), "CR-1 with O4");
    EXPECT_EQ(ledger.dispatches().unwrittenNotes(9).at(0).note.text, "a reminder");
    const auto awaited = ledger.dispatches().toCallOverdue("group-card-p256", clock_.now());
    EXPECT_EQ(awaited.at(0).track, "3SABC");
    const auto approval = ledger.approvals().approval("A1").value();
    EXPECT_EQ(approval.act + " of " + approval.subject + ", " + approval.detail,
              "revoke-card of O4, keyCompromise");
    EXPECT_EQ(approval.state, ApprovalState::Open);
    EXPECT_EQ(ledger.readerRule(ReaderName{"Reader 1"}).setAside, "three cards failed");
    EXPECT_EQ(ledger.lastEvent(), events) << "migration changes nothing that is to be told";
    EXPECT_EQ(ledger.undeliveredEvents(0, 9).at(0).subject, "O6");
    EXPECT_EQ(ledger.auditHeads().at(0).sequence, 3);
    EXPECT_EQ(ledger.auditTrail().size(), static_cast<std::size_t>(records));

    ledger.recover();
    ledger.recordAuditHead({numberIn("SELECT max(sequence) FROM audit"), Bytes{1}});
    ledger.decide({"D2", OrderId{"O6"}, Decision::Act::Release, "A. Person", "it is well"});
    EXPECT_EQ(ledger.orderCounts(BatchId{"B2"})[OrderState::Queued], 1U);
    EXPECT_EQ(ledger.firstBrokenAudit(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Schema, TenthLedger, ::testing::Values("tenth_schema.sql"));

INSTANTIATE_TEST_SUITE_P(Schema, OldLedger,
                         ::testing::Values("first_schema.sql", "third_schema.sql",
                                           "tenth_schema.sql"),
                         [](const auto& file) {
                             const std::string name{file.param};
                             return name.substr(0, name.find('_'));
                         });

}  // namespace
}  // namespace zegel::station
