#pragma once

#include "station/ledger/letter_book.h"
#include "tests/unit/ledger/ledger_on_disk.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace zegel::station {

/// A ledger with produced orders, whose letters and cards the desk now decides about.
class DeskLedger : public LedgerOnDisk {
protected:
    Claim claimed(const std::string& id = "O1") { return LedgerOnDisk::claimed(id, "piv-" + id); }

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
};

}  // namespace zegel::station
