#pragma once

#include "drivers/base/failure.h"
#include "station/ledger/approval_book.h"
#include "station/ledger/revocation_book.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace zegel::station {

/// A ledger on a disk, under a clock that stands, with cards that were made.
class IssuedCards : public ::testing::Test {
protected:
    class StandingClock final : public Clock {
    public:
        TimePoint now() const override { return time; }
        TimePoint time = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
    };

    IssuedCards() {
        auto pattern = (std::filesystem::temp_directory_path() / "zegel-issued-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        reopen();
    }
    ~IssuedCards() override {
        ledger_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::filesystem::path file() const { return folder_ / "ledger.sqlite"; }
    void reopen() {
        ledger_.reset();
        ledger_ = std::make_unique<Ledger>(file(), clock_);
    }
    void pass(std::chrono::seconds time) { clock_.time += time; }

    Order order(const std::string& id) const {
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

    /// With two certificates, "0A01" and "0A02" behind `serials`, valid for a year.
    Claim card(const std::string& id, const std::string& serials = "0A",
               const std::string& hash = "hash") {
        ledger_->accept({BatchId{"B-" + id}, {order(id)}, {}}, id);
        const std::vector<std::string> profiles{"group-card-p256"};
        auto claim =
            ledger_->claim({ChipSerial{"piv-00" + serials}, "piv", "5.7.1"}, profiles, "ZG")
                .value();
        ledger_->intendKeys(claim);
        std::vector<CertificateRow> rows;
        for (const auto* number : {"01", "02"}) {
            rows.push_back(ledger_->intendCertificate(claim, Purpose::Authenticity,
                                                      bytesOf(id + number), bytesOf("request")));
            ledger_->recordIssued(
                rows.back(),
                {{}, serials + number, clock_.now(), clock_.now() + std::chrono::hours{24 * 365}});
        }
        ledger_->intendGuard(claim);
        ledger_->holdLetter(claim, bytesOf(Sealed), hash);
        ledger_->recordConfirmed(rows);
        ledger_->finish(claim, "{}");
        return claim;
    }

    OrderEntry entry(const std::string& id) { return ledger_->order(OrderId{id}).value(); }
    CardState stateOf(const Claim& claim) { return ledger_->card(claim.chip.serial)->state; }
    std::vector<CertificateEntry> certificatesOf(const std::string& id) {
        return ledger_->certificates(OrderId{id});
    }

    /// "" when it is done.
    template <typename Act>
    std::string refusalOf(Act&& act) {
        try {
            act();
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::RequestRefused) << failure.what();
            return failure.what();
        }
        return "";
    }

    /// Acts of the audit trail about a subject, "who: act".
    std::vector<std::string> trailOf(const std::string& subject) {
        std::vector<std::string> lines;
        for (const auto& record : ledger_->auditTrail()) {
            if (record.subject == subject) lines.push_back(record.who + ": " + record.act);
        }
        return lines;
    }

    static constexpr const char* Sealed = "a sealed record that nobody here can open";
    StandingClock clock_;
    std::filesystem::path folder_;
    std::unique_ptr<Ledger> ledger_;
};

}  // namespace zegel::station
