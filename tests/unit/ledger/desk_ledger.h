#pragma once

#include "drivers/base/failure.h"
#include "station/ledger/ledger.h"
#include "station/ledger/letter_book.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace zegel::station {

class StandingClock final : public Clock {
public:
    TimePoint now() const override { return time; }
    TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
};

/// A ledger with produced orders, whose letters and cards the desk now decides about.
class DeskLedger : public ::testing::Test {
protected:
    DeskLedger() {
        auto pattern = (std::filesystem::temp_directory_path() / "zegel-desk-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        ledger_ = std::make_unique<Ledger>(file(), clock_);
    }
    ~DeskLedger() override {
        ledger_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::filesystem::path file() const { return folder_ / "ledger.sqlite"; }

    Claim claimed(const std::string& id = "O1") {
        const Order order{OrderId{id},
                          BatchId{"B-" + id},
                          "group-card-p256",
                          "group-1",
                          {"NL", "Gemeente Voorbeeld", "12345678", "Team Τεστ", std::nullopt},
                          {"A. Beheerder",
                           "Gemeente Voorbeeld",
                           {"Dorpsstraat 1"},
                           "1234 AB",
                           "Ons Dorp",
                           "NL",
                           {}},
                          "nl"};
        ledger_->accept({order.batch, {order}, {}}, id);
        const std::vector<std::string> profiles{"group-card-p256"};
        return ledger_->claim({ChipSerial{"piv-" + id}, "piv", "5.7.1"}, profiles, "ZG").value();
    }

    Claim produced(const std::string& id = "O1") {
        auto claim = claimed(id);
        ledger_->intendKeys(claim);
        ledger_->intendGuard(claim);
        ledger_->holdLetter(claim, sealed_, "hash");
        ledger_->finish(claim, "{}");
        return claim;
    }

    Claim released(const std::string& id = "O1") {
        auto claim = produced(id);
        release(claim);
        return claim;
    }
    void release(const Claim& claim) {
        ledger_->releaseByReceipt({"R-" + claim.order.id.value(), "Team Τεστ", claim.number.value(),
                                   "desk", true, "released", claim.order.id, clock_.now()},
                                  claim.letter);
    }

    LetterEntry letterOf(const Claim& claim) {
        return ledger_->letters().letter(claim.letter).value();
    }
    LetterState stateOf(const Claim& claim) { return letterOf(claim).state; }

    /// How an act ends: "" when it is done, "before" when it was, else the refusal.
    template <typename Act>
    std::string refusalOf(Act&& act) {
        try {
            return act() == Ledger::Settlement::DoneBefore ? "before" : "";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused) << failure.what();
            return failure.what();
        }
    }
    std::string told(const Claim& claim, LetterAct::Kind kind, const std::string& id,
                     const std::string& by = "printer", const std::string& why = "") {
        return refusalOf([&] {
            return ledger_->letters().record({id, claim.letter, kind, by, why});
        });
    }

    /// "order O1 queued>in-production" of everything after `sequence`.
    std::vector<std::string> eventsAfter(std::int64_t sequence) {
        std::vector<std::string> lines;
        for (const auto& event : ledger_->events(sequence, 1000))
            lines.push_back(event.kind + " " + event.subject + " " + event.before + ">" +
                            event.after);
        return lines;
    }

    std::string octetsOf(const std::filesystem::path& path) const {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    StandingClock clock_;
    std::filesystem::path folder_;
    std::unique_ptr<Ledger> ledger_;
    const Bytes sealed_ = bytesOf("a sealed record that nobody here can open");
};

}  // namespace zegel::station
