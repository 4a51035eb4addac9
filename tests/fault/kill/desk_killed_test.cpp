#include "station/desk/dispatch_desk.h"
#include "station/desk/receipt_desk.h"
#include "tests/fault/kill/doom.h"
#include "tests/house/lives.h"
#include "tests/unit/ledger/desk_ledger.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <set>

namespace zegel::tests {
namespace {

namespace fs = std::filesystem;
using station::LetterAct;
using station::LetterState;
using Kind = station::LetterAct::Kind;
using ::testing::ElementsAre;
using ::testing::SizeIs;

/// The desk of a station in a folder, begun as `station/app` does; keys are the test's.
struct Desk {
    Desk(const fs::path& folder, const MadeIdentity& station, const MadeIdentity& room,
         bool laysOut)
        : ledger(folder / "ledger.sqlite", clock),
          sealer(recipients(room), station.certificateCopy(), station.keyCopy(),
                 SystemClock{}.now()),
          letters(ledger, profiles, sealer, clock,
                  laysOut ? std::optional{folder / "letters"} : std::nullopt, ignore),
          notes(ledger, profiles, sealer, clock, folder / "notes", ignore),
          receipts(ledger, profiles, letters, clock),
          dispatch(ledger, profiles, letters, notes, clock) {
        ledger.recover();
        letters.settleHalfDone();
        letters.layOut();
        dispatch.tick();
    }

    static std::vector<openssl::CertificatePtr> recipients(const MadeIdentity& room) {
        std::vector<openssl::CertificatePtr> all;
        all.push_back(room.certificateCopy());
        return all;
    }
    static void ignore(const std::string& /*said*/) {}

    station::StandingClock clock;
    cardprofiles::Profiles profiles =
        cardprofiles::readProfiles(std::string{ZEGEL_SOURCE_DIR} + "/cardprofiles");
    station::Ledger ledger;
    seal::Sealer sealer;
    station::LetterDesk letters;
    station::NoteDesk notes;
    station::ReceiptDesk receipts;
    station::DispatchDesk dispatch;
};

/// A card is made, and nobody has decided anything yet. The station's dies at each write of its
/// ledger; who asked it for something asks again, in the same words.
class DeskKilled : public station::DeskLedger {
protected:
    DeskKilled() : card_(produced()) { ledger_.reset(); }

    fs::path sceneOf(std::uint64_t number) const {
        auto scene = folder_ / std::to_string(number);
        fs::create_directories(scene / "letters");
        fs::create_directories(scene / "notes");
        fs::copy_file(file(), scene / "ledger.sqlite");
        return scene;
    }

    /// What others ask of the desk, from the first to the last, each until it is answered.
    void askAll(const fs::path& scene, bool laysOut) const {
        Desk desk{scene, station_, room_, laysOut};
        const auto& order = card_.order.id;
        desk.dispatch.dispatch({"d1", order, "desk", "3S1", station::Lent{"reader", "CR-1"}});
        const auto number = card_.number.value();
        desk.receipts.take({"R1", "Team Τεστ", number, "me", desk.clock.now()});
        desk.dispatch.loanReturned({"l1", "CR-1", "desk", "whole"});
        if (laysOut) return fetch(scene);
        print(desk, scene);
        desk.ledger.letters().destroy(desk.clock.now(), "kept long enough");
    }

    /// The print room moves away what it finds.
    static void fetch(const fs::path& scene) {
        for (const auto& entry : fs::directory_iterator{scene / "letters"}) {
            if (entry.path().extension() != ".letter") continue;
            std::ofstream{scene / "fetched", std::ios::app} << entry.path().filename().string()
                                                            << '\n';
            fs::remove(entry.path());
        }
    }

    /// The print room takes the letter, prints it once and tells so; its book outlives the station.
    void print(Desk& desk, const fs::path& scene) const {
        const auto act = [&](const char* id, Kind kind) {
            return LetterAct{id, card_.letter, kind, "printer", ""};
        };
        const auto book = scene / "printed";
        if (!fs::exists(book)) {
            EXPECT_FALSE(desk.letters.take(act("t1", Kind::Take)).empty());
            EXPECT_THROW(desk.letters.take(act("t2", Kind::Take)), Failure);
            std::ofstream{book} << "printed";
        }
        const auto state = desk.ledger.letters().letter(card_.letter)->state;
        EXPECT_NE(state, LetterState::Released) << "what was given out counts as given out";
        desk.letters.record(act("p1", Kind::Printed));
        desk.letters.record(act("m1", Kind::Posted));
    }

    void expectAllDoneOnce(const fs::path& scene, bool laysOut) const {
        Desk desk{scene, station_, room_, laysOut};
        const auto letter = desk.ledger.letters().letter(card_.letter).value();
        EXPECT_EQ(letter.state, laysOut ? LetterState::Printing : LetterState::Destroyed);
        EXPECT_EQ(letter.sealed, laysOut);
        EXPECT_EQ(desk.ledger.order(card_.order.id)->state, station::OrderState::Received);
        EXPECT_THAT(desk.ledger.dispatches().loans(false, 0, 9), SizeIs(1));
        EXPECT_THAT(desk.ledger.dispatches().loans(true, 0, 9), SizeIs(0));
        EXPECT_TRUE(fs::exists(scene / "notes/O1.note"));
        EXPECT_TRUE(fs::exists(scene / "notes/O1+loan.note"));
        EXPECT_EQ(desk.ledger.firstBrokenAudit(), std::nullopt);
        std::multiset<std::string> told;
        for (const auto& event : desk.ledger.events(0, 1000))
            told.insert(event.kind + " " + event.after);
        for (const auto& [once, count] :
             std::map<std::string, int>{{"order dispatched", 1},
                                        {"order received", 1},
                                        {"letter released", 1},
                                        {"letter printing", 1},
                                        {"loan lent", 1},
                                        {"loan returned", 1},
                                        {"letter posted", laysOut ? 0 : 1},
                                        {"letter destroyed", laysOut ? 0 : 1}}) {
            EXPECT_EQ(told.count(once), static_cast<std::size_t>(count)) << once;
        }
        const auto fetched = laysOut ? card_.letter.value() + ".letter\n" : std::string{};
        EXPECT_EQ(octetsOf(scene / "fetched"), fetched) << "once";
    }

    /// Struck dead at every write, one after the other.
    void sweep(Blow blow, std::uint64_t step, bool laysOut, std::uint64_t atLeast) {
        std::uint64_t last = 0;
        for (std::uint64_t number = 1;; number += step) {
            ASSERT_LT(number, 1000U) << "it never gets through";
            const auto scene = sceneOf(number);
            const auto end = livedThrough([&] {
                watchLedgerWrites();
                arm({blow, number});
                askAll(scene, laysOut);
            });
            ASSERT_NE(end, End::Badly) << "struck at " << number;
            ASSERT_EQ(livedThrough([&] { askAll(scene, laysOut); }), End::Well) << number;
            ASSERT_EQ(livedThrough([&] { expectAllDoneOnce(scene, laysOut); }), End::Well)
                << number;
            fs::remove_all(scene);
            if (end == End::Well) break;
            last = number;
        }
        EXPECT_GT(last, atLeast) << "the sweep ended before its length";
    }

    station::Claim card_;
    MadeIdentity station_ = makeIdentity({.commonName = "station"});
    MadeIdentity room_ = makeIdentity({});
};

TEST_F(DeskKilled, atEveryWrite_aLetterIsGivenToThePrintRoomOnceAndErasedInTheEnd) {
    sweep(Blow::BeforeWrite, 1, false, 60);
}

TEST_F(DeskKilled, amidWrites_aLetterIsGivenToThePrintRoomOnceAndErasedInTheEnd) {
    sweep(Blow::AmidWrite, 3, false, 30);
}

TEST_F(DeskKilled, atEveryWrite_aLetterLiesInTheFolderOnce) {
    sweep(Blow::BeforeWrite, 1, true, 40);
}

}  // namespace
}  // namespace zegel::tests
