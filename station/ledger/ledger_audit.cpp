#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

namespace zegel::station {
AuditEntry auditAt(Poco::Data::RecordSet& rows) {
    return {numberAt(rows, "sequence"), timeAt(rows, "at"),      textAt(rows, "who"),
            textAt(rows, "act"),        textAt(rows, "subject"), textAt(rows, "why"),
            textAt(rows, "digest")};
}

std::string auditHeadText(const AuditEntry& last, TimePoint signedAt) {
    return "audit record: " + std::to_string(last.sequence) + "\ndigest: " + last.digest +
           "\nsigned: " + toRfc3339(signedAt) + "\n";
}

std::optional<AuditEntry> Ledger::unsignedAudit() {
    return store_->reading([&](Connection& beside) -> std::optional<AuditEntry> {
        auto rows = beside.select(
            "SELECT * FROM audit WHERE sequence > (SELECT coalesce(max(sequence), 0) FROM "
            "audit_heads) ORDER BY sequence DESC LIMIT 1");
        if (!rows.moveFirst()) return std::nullopt;
        return auditAt(rows);
    });
}

void Ledger::recordAuditHead(const AuditHead& head) {
    store_->whole([&] {
        store_->execute("INSERT INTO audit_heads(sequence, record) VALUES(?,?)", head.sequence,
                        head.record);
    });
}

std::vector<AuditHead> Ledger::auditHeads() {
    return store_->reading([&](Connection& beside) {
        std::vector<AuditHead> heads;
        auto rows = beside.select("SELECT sequence, record FROM audit_heads ORDER BY sequence");
        for (bool more = rows.moveFirst(); more; more = rows.moveNext())
            heads.push_back({numberAt(rows, "sequence"), bytesAt(rows, "record")});
        return heads;
    });
}

bool Ledger::tellsOf(std::string_view act) {
    return store_->reading([&](Connection& beside) {
        return beside.select("SELECT 1 FROM audit WHERE act=? LIMIT 1", act).moveFirst();
    });
}

std::vector<AuditEntry> Ledger::auditTrail() {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM audit ORDER BY sequence"), auditAt);
    });
}

std::optional<std::int64_t> Ledger::firstBrokenAudit() {
    return store_->reading([&](Connection& beside) -> std::optional<std::int64_t> {
        std::string previous;
        std::int64_t expected = 1;
        for (const auto& entry : auditTrail()) {
            if (entry.sequence != expected || auditDigest(previous, entry) != entry.digest) {
                return expected;
            }
            previous = entry.digest;
            ++expected;
        }
        // SQLite never counts back for this table, whatever is deleted from its end.
        auto rows = beside.select("SELECT seq FROM sqlite_sequence WHERE name='audit'");
        if (rows.moveFirst() && numberAt(rows, "seq") >= expected) return expected;
        return std::nullopt;
    });
}

void Ledger::audit(std::string_view who, std::string_view act, std::string_view subject,
                   std::string_view why) {
    store_->whole([&] { store_->appendAudit(who, act, subject, why); });
}

}  // namespace zegel::station
