#pragma once

#include "drivers/base/failure.h"
#include "station/ledger/ledger.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <type_traits>
#include <vector>

namespace zegel::station {

class StandingClock final : public Clock {
public:
    TimePoint now() const override { return time; }
    TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
};

/// A ledger in a folder of its own, under a clock that stands, and orders for it.
class LedgerOnDisk : public ::testing::Test {
protected:
    LedgerOnDisk() {
        auto pattern = (std::filesystem::temp_directory_path() / "zegel-ledger-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        reopen();
    }
    ~LedgerOnDisk() override {
        ledger_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::filesystem::path file() const { return folder_ / "ledger.sqlite"; }
    void reopen() {
        ledger_.reset();
        ledger_ = std::make_unique<Ledger>(file(), clock_);
    }

    /// Behind the station's back.
    void execute(const std::string& statement) {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
        const auto done = sqlite3_exec(database, statement.c_str(), nullptr, nullptr, nullptr);
        sqlite3_close(database);
        ASSERT_EQ(done, SQLITE_OK) << statement;
    }

    static Order order(const std::string& id) {
        return {OrderId{id},
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
    }
    Claim claimed(const std::string& id, const std::string& chip) {
        ledger_->accept({BatchId{"B-" + id}, {order(id)}, {}}, id);
        const std::vector<std::string> profiles{"group-card-p256"};
        return ledger_->claim({ChipSerial{chip}, "piv", "5.7.1"}, profiles, "ZG").value();
    }

    /// How an act ends: "" when it is done, "before" when it was, else the refusal.
    template <typename Act>
    std::string refusalOf(Act&& act) {
        try {
            if constexpr (std::is_same_v<std::invoke_result_t<Act>, Ledger::Settlement>) {
                return act() == Ledger::Settlement::DoneBefore ? "before" : "";
            } else {
                act();
            }
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused) << failure.what();
            return failure.what();
        }
        return "";
    }

    static constexpr const char* Sealed = "a sealed record that nobody here can open";
    StandingClock clock_;
    std::filesystem::path folder_;
    std::unique_ptr<Ledger> ledger_;
    const Bytes sealed_ = bytesOf(Sealed);
};

}  // namespace zegel::station
