#include "station/ledger/store.h"

#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"

namespace zegel::station {
namespace {

std::string chained(std::string_view previous, std::initializer_list<std::string_view> fields) {
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    const auto add = [&](std::string_view field) {
        const auto length = std::to_string(field.size()) + ":";  // no two records read the same
        EVP_DigestUpdate(context.get(), length.data(), length.size());
        EVP_DigestUpdate(context.get(), field.data(), field.size());
    };
    add(previous);
    for (const auto field : fields)
        add(field);
    Bytes digest(32);
    EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
    return toHex(digest);
}

/// What the order system is told of a change, of a row with the columns that all of them have.
EventEntry changeAt(Poco::Data::RecordSet& rows, const char* kind, const std::string& subject,
                    std::string_view before, std::string_view after, std::string_view reason) {
    EventEntry event;
    event.kind = kind;
    event.subject = subject;
    event.batch = textAt(rows, "batch");
    event.order = textAt(rows, "order_id");
    event.before = before;
    event.after = after;
    event.reason = reason;
    event.chip = textAt(rows, "chip");
    event.number = textAt(rows, "number");
    event.name = textAt(rows, "group_name");
    return event;
}

}  // namespace

Store::Store(const std::filesystem::path& file, const Clock& theClock, bool onlyLooks)
    : Connection(file), clock(theClock), file_(file), onlyLooks_(onlyLooks) {
    try {
        if (onlyLooks_) {
            execute("PRAGMA query_only=ON");
            expectOfToday();
            return;
        }
        execute("PRAGMA journal_mode=WAL");
        execute("PRAGMA synchronous=FULL");
        execute("PRAGMA foreign_keys=ON");
        // Destroyed sealed codes leave no trace in the file; forget() sees to the journal beside
        // it.
        execute("PRAGMA secure_delete=ON");
        migrate();
    } catch (const Poco::Exception& why) {
        throw Failure{Fault::LedgerUnwritable, broken("cannot write the ledger ", why)};
    }
}

std::int64_t Store::now() const {
    return clock.now().time_since_epoch().count();
}

std::int64_t Store::lastRow() {
    auto rows = select("SELECT last_insert_rowid() AS id");
    return numberAt(rows, "id");
}

std::string Store::broken(const std::string& verb, const Poco::Exception& why) const {
    const auto what = file_.string() + ": " + why.displayText();
    if (onlyLooks_) {
        return "cannot look at the ledger " + what +
               "; check that you may read it, and write in its folder";
    }
    return verb + what + "; the station stops here, check the disk and start it again";
}

void Store::appendAudit(std::string_view who, std::string_view act, std::string_view subject,
                        std::string_view why) {
    auto last = select("SELECT digest FROM audit ORDER BY sequence DESC LIMIT 1");
    const auto previous = last.moveFirst() ? textAt(last, "digest") : std::string{};
    const auto at = now();
    const auto digest = chained(previous, {std::to_string(at), who, act, subject, why});
    execute("INSERT INTO audit(at, who, act, subject, why, digest) VALUES(?,?,?,?,?,?)", at, who,
            act, subject, why, digest);
}

bool Store::decidedBefore(const std::string& id, std::initializer_list<std::string_view> content) {
    const auto digest = chained({}, content);
    auto rows = select("SELECT content FROM decisions WHERE id=?", id);
    if (!rows.moveFirst()) {
        execute("INSERT INTO decisions(id, content, at) VALUES(?,?,?)", id, digest, now());
        return false;
    }
    if (textAt(rows, "content") == digest) return true;
    throw Failure{Fault::RequestRefused,
                  id + " was given before with other words, and nothing was changed; give this "
                       "one an id of its own"};
}

void Store::moveOrder(const OrderId& id, OrderState to, std::string_view reason) {
    auto rows = select(
        "SELECT state, batch, id AS order_id, chip, number, group_name FROM orders WHERE id=?",
        id.value());
    if (!rows.moveFirst())
        throw Failure{Fault::Defect, "order " + id.value() + " is not in the ledger"};
    const auto from = orderStateNamed(textAt(rows, "state"));
    if (!mayBecome(from, to)) {
        throw Failure{Fault::Defect, "order " + id.value() + " cannot go from " +
                                         std::string{nameOf(from)} + " to " +
                                         std::string{nameOf(to)}};
    }
    changedBatches.insert(textAt(rows, "batch"));
    execute("UPDATE orders SET state=?, reason=?, changed=?, batch_act='', batch_why='' WHERE id=?",
            nameOf(to), reason, now(), id.value());
    tell(changeAt(rows, "order", id.value(), nameOf(from), nameOf(to), reason));
}

void Store::moveCard(const ChipSerial& serial, CardState to, std::string_view reason,
                     Replacement replacement) {
    auto rows = select(
        "SELECT c.state, c.order_id, c.serial AS chip, o.batch, o.group_name, CASE WHEN "
        "o.chip=c.serial THEN "
        "o.number END AS number FROM cards c LEFT JOIN orders o ON o.id=c.order_id WHERE "
        "c.serial=?",
        serial.value());
    if (!rows.moveFirst()) {
        throw Failure{Fault::Defect, "chip " + serial.value() + " is not in the ledger"};
    }
    const auto from = cardStateNamed(textAt(rows, "state"));
    if (!mayBecome(from, to)) {
        throw Failure{Fault::Defect, "chip " + serial.value() + " cannot go from " +
                                         std::string{nameOf(from)} + " to " +
                                         std::string{nameOf(to)}};
    }
    execute("UPDATE cards SET state=?, reason=?, changed=? WHERE serial=?", nameOf(to), reason,
            now(), serial.value());
    auto event = changeAt(rows, "card", serial.value(), nameOf(from), nameOf(to), reason);
    event.replacement = replacement == Replacement::Wanted;
    tell(event);
}

void Store::moveLetter(const LetterId& id, LetterState to, std::string_view evidence) {
    auto rows = select(
        "SELECT l.state, l.order_id, o.batch, o.group_name, CASE WHEN o.letter=l.id THEN o.chip "
        "END AS chip, CASE WHEN o.letter=l.id THEN o.number END AS number FROM letters l JOIN "
        "orders o ON o.id=l.order_id WHERE l.id=?",
        id.value());
    if (!rows.moveFirst())
        throw Failure{Fault::Defect, "letter " + id.value() + " is not in the ledger"};
    const auto from = letterStateNamed(textAt(rows, "state"));
    if (!mayBecome(from, to)) {
        throw Failure{Fault::Defect, "letter " + id.value() + " cannot go from " +
                                         std::string{nameOf(from)} + " to " +
                                         std::string{nameOf(to)}};
    }
    changedBatches.insert(textAt(rows, "batch"));
    execute("UPDATE letters SET state=?, evidence=?, changed=? WHERE id=?", nameOf(to), evidence,
            now(), id.value());
    tell(changeAt(rows, "letter", id.value(), nameOf(from), nameOf(to), evidence));
}

void Store::moveCertificate(CertificateRow row, CertificateState to, std::string_view reason) {
    auto rows = select(
        "SELECT c.state, c.order_id, c.chip, c.purpose, c.serial, c.revocation_reason, o.batch, "
        "o.group_name, CASE WHEN o.letter=c.letter THEN o.number END AS number FROM certificates c "
        "JOIN orders o ON "
        "o.id=c.order_id WHERE c.row=?",
        row);
    if (!rows.moveFirst()) throw Failure{Fault::Defect, "a certificate is not in the ledger"};
    const auto from = certificateStateNamed(textAt(rows, "state"));
    if (!mayBecome(from, to)) {
        throw Failure{Fault::Defect, "a certificate cannot go from " + std::string{nameOf(from)} +
                                         " to " + std::string{nameOf(to)}};
    }
    execute("UPDATE certificates SET state=?, changed=? WHERE row=?", nameOf(to), now(), row);
    const auto revokedFor = textAt(rows, "revocation_reason");
    auto event = changeAt(rows, "certificate", std::to_string(row), nameOf(from), nameOf(to),
                          reason.empty() ? revokedFor : reason);
    event.purpose = textAt(rows, "purpose");
    event.serial = textAt(rows, "serial");
    tell(event);
}

std::string auditDigest(std::string_view previous, const AuditEntry& entry) {
    return chained(previous, {std::to_string(entry.at.time_since_epoch().count()), entry.who,
                              entry.act, entry.subject, entry.why});
}

}  // namespace zegel::station
