#pragma once

#include "station/ledger/approval_book.h"
#include "station/ledger/revocation_book.h"
#include "tests/unit/ledger/ledger_on_disk.h"

#include <string>
#include <vector>

namespace zegel::station {

/// A ledger with cards that were made.
class IssuedCards : public LedgerOnDisk {
protected:
    void pass(std::chrono::seconds time) { clock_.time += time; }

    /// With two certificates, "0A01" and "0A02" behind `serials`, valid for a year.
    Claim card(const std::string& id, const std::string& serials = "0A",
               const std::string& hash = "hash") {
        auto claim = claimed(id, "piv-00" + serials);
        ledger_->intendKeys(claim);
        for (const auto* number : {"01", "02"}) {
            const auto row = ledger_->intendCertificate(claim, Purpose::Authenticity,
                                                        bytesOf(id + number), bytesOf("request"));
            ledger_->recordIssued(
                row,
                {{}, serials + number, clock_.now(), clock_.now() + std::chrono::hours{24 * 365}});
        }
        ledger_->intendGuard(claim);
        ledger_->holdLetter(claim, sealed_, hash);
        ledger_->finish(claim, "{}");
        return claim;
    }

    OrderEntry entry(const std::string& id) { return ledger_->order(OrderId{id}).value(); }
    CardState stateOf(const Claim& claim) { return ledger_->card(claim.chip.serial)->state; }
    std::vector<CertificateEntry> certificatesOf(const std::string& id) {
        return ledger_->certificates(OrderId{id});
    }

    /// Acts of the audit trail about a subject, "who: act".
    std::vector<std::string> trailOf(const std::string& subject) {
        std::vector<std::string> lines;
        for (const auto& record : ledger_->auditTrail()) {
            if (record.subject == subject) lines.push_back(record.who + ": " + record.act);
        }
        return lines;
    }
};

}  // namespace zegel::station
