#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "station/ledger/ledger.h"
#include "station/ledger/store.h"
#include "station/orders/certificate_number.h"

#include <ctime>

namespace zegel::station {
namespace {

constexpr std::size_t LetterIdOctets = 10;

/// Row of the order that has waited longest: of one batch, or of all. Asked profile by profile,
/// because only then an index gives it without sorting all that wait.
std::optional<std::int64_t> firstQueued(Store& store, std::span<const std::string> profiles,
                                        const std::optional<BatchId>& only) {
    std::optional<std::int64_t> first;
    for (const auto& profile : profiles) {
        auto rows =
            only ? store.select(
                       "SELECT rowid AS row FROM orders WHERE batch=? AND state='queued' AND "
                       "profile=? ORDER BY position LIMIT 1",
                       only->value(), profile)
                 : store.select(
                       "SELECT rowid AS row FROM orders WHERE state='queued' AND profile=? "
                       "ORDER BY rowid LIMIT 1",
                       profile);
        if (!rows.moveFirst()) continue;
        const auto row = numberAt(rows, "row");
        if (!first || row < *first) first = row;
    }
    return first;
}

CertificateNumber nextNumber(Store& store, std::string_view prefix) {
    const auto today = std::chrono::floor<std::chrono::days>(store.clock.now());
    const auto year = static_cast<int>(std::chrono::year_month_day{today}.year());
    store.execute("INSERT OR IGNORE INTO numbers(year, last) VALUES(?, 0)", year);
    store.execute("UPDATE numbers SET last=last+1 WHERE year=?", year);
    auto rows = store.select("SELECT last FROM numbers WHERE year=?", year);
    return certificateNumber(prefix, year, static_cast<unsigned>(numberAt(rows, "last")));
}

/// The order's last number again when it is certain that no certificate came of that try.
CertificateNumber numberFor(Store& store, const OrderId& order, std::string_view prefix) {
    auto rows = store.select(
        "SELECT spare_number FROM orders o WHERE id=? AND spare_number IS NOT NULL AND NOT EXISTS("
        "SELECT 1 FROM certificates c WHERE c.letter=o.spare_letter AND c.state<>?)",
        order.value(), nameOf(CertificateState::NotIssued));
    if (!rows.moveFirst()) return nextNumber(store, prefix);
    const auto spare = textAt(rows, "spare_number");
    return spare.starts_with(std::string{prefix} + "-") ? CertificateNumber{spare}
                                                        : nextNumber(store, prefix);
}

void bindChip(Store& store, const ChipName& chip, const OrderId& order) {
    store.execute(
        "INSERT OR IGNORE INTO cards(serial, family, firmware, state, changed) VALUES(?,?,?,?,?)",
        chip.serial.value(), chip.family, chip.firmware, nameOf(CardState::Blank), store.now());
    store.execute("UPDATE cards SET order_id=? WHERE serial=?", order.value(), chip.serial.value());
    store.moveCard(chip.serial, CardState::Claimed, "");
}

void intend(Store& store, const Claim& claim, std::string_view act) {
    store.execute("INSERT INTO intents(order_id, letter, chip, act, at) VALUES(?,?,?,?,?)",
                  claim.order.id.value(), claim.letter.value(), claim.chip.serial.value(), act,
                  store.now());
}

/// Something of this claim is in the ledger from here on, in this state.
void tellBegun(Store& store, const Claim& claim, std::string_view kind, const std::string& subject,
               std::string_view state, std::string_view purpose = {}) {
    EventEntry event;
    event.kind = kind;
    event.subject = subject;
    event.batch = claim.order.batch.value();
    event.order = claim.order.id.value();
    event.after = state;
    event.chip = claim.chip.serial.value();
    event.number = claim.number.value();
    event.name = claim.order.subject.group;
    event.purpose = purpose;
    store.tell(event);
}

/// Sets free what a claim had drawn: its certificates are to be revoked, its letter goes.
void wipeAttempt(Store& store, const std::string& letter) {
    auto live =
        store.select("SELECT row FROM certificates WHERE letter=? AND state IN (?,?) ORDER BY row",
                     letter, nameOf(CertificateState::Issued), nameOf(CertificateState::Confirmed));
    for (bool more = live.moveFirst(); more; more = live.moveNext())
        store.moveCertificate(numberAt(live, "row"), CertificateState::RevocationWanted);
    auto held = store.select("SELECT id FROM letters WHERE id=?", letter);
    if (!held.moveFirst()) return;
    store.moveLetter(LetterId{letter}, LetterState::Destroyed, "the card was spoiled");
    store.execute("UPDATE letters SET sealed=NULL WHERE id=?", letter);
}

void unbindOrder(Store& store, const OrderId& order, OrderState next, std::string_view reason) {
    store.execute(
        "UPDATE orders SET spare_number=number, spare_letter=letter, chip=NULL, number=NULL, "
        "letter=NULL WHERE id=?",
        order.value());
    store.moveOrder(order, next, reason);
}

void spoilChip(Store& store, const ChipSerial& chip, std::string_view reason, bool cardsFault) {
    store.moveCard(chip, CardState::Spoiled, reason);
    store.execute("UPDATE cards SET spoiled_times=spoiled_times+? WHERE serial=?",
                  cardsFault ? 1 : 0, chip.value());
    store.appendAudit("station", "card spoiled", chip.value(), reason);
}

/// What the ledger knows of a chip goes on under the name that the chip gives itself now.
void renameChip(Store& store, const ChipSerial& before, const ChipName& now) {
    store.execute(
        "INSERT INTO cards(serial, family, firmware, state, reason, spoiled_times, changed) "
        "SELECT ?,?,?,?,?,spoiled_times,? FROM cards WHERE serial=?",
        now.serial.value(), now.family, now.firmware, nameOf(CardState::Blank),
        "reset; it was " + before.value(), store.now(), before.value());
    EventEntry blank;
    blank.kind = "card";
    blank.subject = blank.chip = now.serial.value();
    blank.after = nameOf(CardState::Blank);
    blank.reason = "reset; it was " + before.value();
    store.tell(blank);
    store.execute("UPDATE cards SET order_id=NULL, reason=?, changed=? WHERE serial=?",
                  "reset; it calls itself " + now.serial.value() + " since", store.now(),
                  before.value());
}

}  // namespace

CardEntry cardAt(Poco::Data::RecordSet& rows) {
    CardEntry entry;
    entry.chip = {ChipSerial{textAt(rows, "serial")}, textAt(rows, "family"),
                  textAt(rows, "firmware")};
    entry.state = cardStateNamed(textAt(rows, "state"));
    if (auto order = textAt(rows, "order_id"); !order.empty()) entry.order = OrderId{order};
    entry.reason = textAt(rows, "reason");
    entry.spoiledTimes = static_cast<int>(numberAt(rows, "spoiled_times"));
    return entry;
}

bool Ledger::anyQueued(std::span<const std::string> profiles, const std::optional<BatchId>& only) {
    return store_->whole([&] { return firstQueued(*store_, profiles, only).has_value(); });
}

std::optional<CardEntry> Ledger::card(const ChipSerial& serial) {
    return store_->whole([&]() -> std::optional<CardEntry> {
        auto rows = store_->select("SELECT * FROM cards WHERE serial=?", serial.value());
        if (!rows.moveFirst()) return std::nullopt;
        return cardAt(rows);
    });
}

std::vector<CardEntry> Ledger::cards() {
    return store_->whole([&] {
        std::vector<CardEntry> entries;
        auto rows = store_->select("SELECT * FROM cards ORDER BY serial");
        for (bool more = rows.moveFirst(); more; more = rows.moveNext())
            entries.push_back(cardAt(rows));
        return entries;
    });
}

std::optional<Claim> Ledger::claim(const ChipName& chip, std::span<const std::string> profiles,
                                   std::string_view prefix, const std::optional<BatchId>& only) {
    return store_->whole([&]() -> std::optional<Claim> {
        const auto first = firstQueued(*store_, profiles, only);
        if (!first) return std::nullopt;
        auto rows = store_->select(std::string{OrderColumns} + "WHERE o.rowid=?", *first);
        rows.moveFirst();
        const auto entry = orderAt(rows);
        Claim claim{entry.order, chip, numberFor(*store_, entry.order.id, prefix),
                    LetterId{toHex(randomBytes(LetterIdOctets))}};
        store_->execute(
            "UPDATE orders SET chip=?, number=?, letter=?, attempts=attempts+1 WHERE id=?",
            chip.serial.value(), claim.number.value(), claim.letter.value(),
            entry.order.id.value());
        store_->moveOrder(entry.order.id, OrderState::InProduction, "");
        bindChip(*store_, chip, entry.order.id);
        return claim;
    });
}

void Ledger::recordReset(const ChipSerial& chip, const ChipName& now) {
    store_->whole([&] {
        if (now.serial == chip) {
            store_->execute("UPDATE cards SET order_id=NULL WHERE serial=?", chip.value());
            store_->moveCard(chip, CardState::Blank, "reset");
            store_->appendAudit("station", "card reset", chip.value(), "it was spoiled before");
            return;
        }
        renameChip(*store_, chip, now);
        store_->appendAudit(
            "station", "card reset", chip.value(),
            "it was spoiled before; it calls itself " + now.serial.value() + " since");
    });
}

void Ledger::intendKeys(const Claim& claim) {
    store_->whole([&] { intend(*store_, claim, "keys"); });
}

CertificateRow Ledger::intendCertificate(const Claim& claim, Purpose purpose, ByteView transaction,
                                         ByteView request) {
    const CertificateAsked asked{purpose, transaction, request};
    return intendCertificates(claim, {&asked, 1}).front();
}

std::vector<CertificateRow> Ledger::intendCertificates(const Claim& claim,
                                                       std::span<const CertificateAsked> asked) {
    return store_->whole([&] {
        std::vector<CertificateRow> rows;
        for (const auto& one : asked) {
            store_->execute(
                "INSERT INTO certificates(order_id, letter, chip, purpose, state, transaction_id, "
                "request, changed) VALUES(?,?,?,?,?,?,?,?)",
                claim.order.id.value(), claim.letter.value(), claim.chip.serial.value(),
                nameOf(one.purpose), nameOf(CertificateState::Asked), one.transaction, one.request,
                store_->now());
            const auto row = store_->lastRow();
            tellBegun(*store_, claim, "certificate", std::to_string(row),
                      nameOf(CertificateState::Asked), nameOf(one.purpose));
            rows.push_back(row);
        }
        return rows;
    });
}

void Ledger::recordIssued(std::span<const CertificateAnswer> answers) {
    if (answers.empty()) return;
    store_->whole([&] {
        for (const auto& [row, received] : answers) {
            store_->execute(
                "UPDATE certificates SET der=?, serial=?, not_before=?, not_after=? WHERE row=?",
                received.der, received.serial, received.notBefore.time_since_epoch().count(),
                received.notAfter.time_since_epoch().count(), row);
            store_->moveCertificate(row, CertificateState::Issued);
        }
    });
}

void Ledger::recordIssued(CertificateRow row, const CertificateReceived& received) {
    const CertificateAnswer answer{row, received};
    recordIssued({&answer, 1});
}

void Ledger::recordNotIssued(CertificateRow row) {
    store_->whole([&] { store_->moveCertificate(row, CertificateState::NotIssued); });
}

void Ledger::recordConfirmed(std::span<const CertificateRow> rows) {
    store_->whole([&] {
        for (const auto row : rows)
            store_->moveCertificate(row, CertificateState::Confirmed);
    });
}

void Ledger::intendGuard(const Claim& claim) {
    store_->whole([&] {
        intend(*store_, claim, "guard");
        store_->moveCard(claim.chip.serial, CardState::Personalised, "");
    });
}

Milestone Ledger::milestone(const Claim& claim) {
    return store_->whole([&] {
        auto certificates = store_->select(
            "SELECT 1 FROM certificates WHERE letter=? AND state NOT IN (?,?) LIMIT 1",
            claim.letter.value(), nameOf(CertificateState::Asked),
            nameOf(CertificateState::NotIssued));
        if (certificates.moveFirst()) return Milestone::CertificateIssued;
        auto intents =
            store_->select("SELECT 1 FROM intents WHERE letter=? LIMIT 1", claim.letter.value());
        return intents.moveFirst() ? Milestone::ChipChanged : Milestone::NothingIrreversible;
    });
}

void Ledger::holdLetter(const Claim& claim, ByteView sealedCodes, std::string_view revocationHash) {
    store_->whole([&] {
        store_->execute(
            "INSERT INTO letters(id, order_id, state, sealed, revocation_hash, changed) "
            "VALUES(?,?,?,?,?,?)",
            claim.letter.value(), claim.order.id.value(), nameOf(LetterState::Held), sealedCodes,
            revocationHash, store_->now());
        tellBegun(*store_, claim, "letter", claim.letter.value(), nameOf(LetterState::Held));
    });
}

void Ledger::finish(const Claim& claim, std::string_view proof) {
    store_->whole([&] {
        store_->execute("INSERT INTO proofs(letter, order_id, record, at) VALUES(?,?,?,?)",
                        claim.letter.value(), claim.order.id.value(), proof, store_->now());
        store_->moveCard(claim.chip.serial, CardState::Proved, "");
        store_->moveOrder(claim.order.id, OrderState::Produced, "");
        store_->appendAudit("station", "card produced", claim.order.id.value(),
                            claim.chip.serial.value() + " as " + claim.number.value());
    });
}

std::optional<std::string> Ledger::proof(const OrderId& order) {
    return store_->whole([&]() -> std::optional<std::string> {
        auto rows = store_->select(
            "SELECT p.record FROM proofs p JOIN orders o ON o.letter=p.letter WHERE o.id=?",
            order.value());
        if (!rows.moveFirst()) return std::nullopt;
        return textAt(rows, "record");
    });
}

void Ledger::unclaim(const Claim& claim, OrderState next, std::string_view reason) {
    store_->whole([&] {
        store_->moveCard(claim.chip.serial, CardState::Blank, reason);
        store_->execute("UPDATE cards SET order_id=NULL WHERE serial=?", claim.chip.serial.value());
        unbindOrder(*store_, claim.order.id, next, reason);
    });
}

void Ledger::spoil(const Claim& claim, OrderState next, std::string_view reason, bool cardsFault) {
    store_->whole([&] {
        wipeAttempt(*store_, claim.letter.value());
        spoilChip(*store_, claim.chip.serial, reason, cardsFault);
        unbindOrder(*store_, claim.order.id, next, reason);
    });
}

std::vector<std::string> Ledger::recover() {
    return store_->whole([&] {
        std::vector<std::string> done;
        auto rows = store_->select(std::string{OrderColumns} + "WHERE o.state='in-production'");
        for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
            const auto entry = orderAt(rows);
            const auto letter = entry.letter.value_or(LetterId{}).value();
            const auto chip = entry.chip.value_or(ChipSerial{});
            auto intents = store_->select("SELECT 1 FROM intents WHERE letter=? LIMIT 1", letter);
            const bool changed = intents.moveFirst();
            if (changed) {
                wipeAttempt(*store_, letter);
                spoilChip(*store_, chip, "the station stopped while it was being made", false);
            } else {
                store_->moveCard(chip, CardState::Blank,
                                 "the station stopped before it was changed");
                store_->execute("UPDATE cards SET order_id=NULL WHERE serial=?", chip.value());
            }
            unbindOrder(*store_, entry.order.id, OrderState::Queued, "");
            done.push_back("order " + entry.order.id.value() + " waits for a card again; chip " +
                           chip.value() + (changed ? " is spoiled" : " is still blank"));
        }
        return done;
    });
}

Ledger::Ledger(const std::filesystem::path& file, const Clock& clock)
    : store_(std::make_unique<Store>(file, clock)) {}

Ledger::~Ledger() = default;

}  // namespace zegel::station
