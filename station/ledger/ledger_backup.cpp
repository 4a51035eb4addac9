#include "drivers/base/durable_file.h"
#include "station/ledger/backup.h"
#include "station/ledger/ledger.h"
#include "station/ledger/store.h"
#include "station/orders/certificate_number.h"

#include <Poco/Data/SQLite/Connector.h>

namespace zegel::station {
namespace {

std::string sqlWord(Poco::Data::Session& session, const std::string& sql) {
    Poco::Data::Statement statement{session};
    statement << sql;
    statement.execute();
    Poco::Data::RecordSet rows{statement};
    return rows.moveFirst() ? rows.value(0).convert<std::string>() : std::string{};
}

void copySoundly(const std::filesystem::path& ledger, const std::filesystem::path& copy) {
    {
        Poco::Data::Session from{"SQLite", ledger.string()};
        Poco::Data::Statement statement{from};
        auto to = copy.string();
        statement << "VACUUM INTO ?", Poco::Data::Keywords::use(to);
        statement.execute();
    }
    Poco::Data::Session session{"SQLite", copy.string()};
    // SQLite takes an empty file, or anybody's, for a sound one.
    if (sqlWord(session, "PRAGMA user_version") == "0" ||
        sqlWord(session, "SELECT name FROM sqlite_master WHERE name='audit'").empty()) {
        throw Failure{Fault::LedgerUnwritable,
                      ledger.string() +
                          " is no ledger of a station, or was cut short: take "
                          "another backup"};
    }
    const auto verdict = sqlWord(session, "PRAGMA integrity_check");
    if (verdict == "ok") return;
    throw Failure{Fault::LedgerUnwritable, "the copy of the ledger " + ledger.string() +
                                               " is not sound: " + verdict +
                                               "; check the disk of both"};
}

void skipNumbers(Store& store, const CountedNumber& last) {
    auto later = store.select(
        "SELECT year, last FROM numbers WHERE year>? OR (year=? AND last>?) ORDER BY year DESC",
        last.year, last.year, last.sequence);
    if (later.moveFirst()) {
        throw Failure{Fault::RequestRefused,
                      "the backup itself has given out number " +
                          std::to_string(numberAt(later, "last")) + " of " +
                          std::to_string(numberAt(later, "year")) +
                          ": the last number on any card cannot be below that"};
    }
    store.execute("INSERT OR IGNORE INTO numbers(year, last) VALUES(?, 0)", last.year);
    store.execute("UPDATE numbers SET last=max(last, ?) WHERE year=?", last.sequence, last.year);
    store.execute("UPDATE orders SET spare_number=NULL, spare_letter=NULL");
}

/// Whoever reads on behind the last event that he was given must meet none of those numbers again.
/// A clock in milliseconds is beyond what any ledger restored before can have counted to.
void skipEvents(Store& store) {
    const auto beyond =
        std::chrono::duration_cast<std::chrono::milliseconds>(store.clock.now().time_since_epoch())
            .count();
    const auto touched =
        store.execute("UPDATE sqlite_sequence SET seq=max(seq, ?) WHERE name='events'", beyond);
    if (touched == 0)
        store.execute("INSERT INTO sqlite_sequence(name, seq) VALUES('events', ?)", beyond);
}

void tellRestored(Store& store, const Restoration& restoration) {
    auto rows = store.select("SELECT id FROM instance");
    EventEntry restored;
    restored.kind = "ledger";
    restored.subject = textAt(rows, "id");
    restored.after = "restored";
    restored.reason = restoration.why + " (" + restoration.by + ")";
    store.tell(restored);
}

std::vector<OrderId> idsIn(Store& store, OrderState state) {
    std::vector<OrderId> found;
    auto rows = store.select("SELECT id FROM orders WHERE state=?", nameOf(state));
    for (bool more = rows.moveFirst(); more; more = rows.moveNext())
        found.emplace_back(textAt(rows, "id"));
    return found;
}

constexpr std::string_view PerhapsMade =
    "the ledger was restored from a backup, and a card may have been made for this order since, or "
    "something decided: look at the CA and in the order system; cancel it when its card is made; "
    "else revoke at the CA what was issued for it since, and release it";
constexpr std::string_view UnderWay =
    "its card was being made when the backup was taken, and counts as spoiled: take it back if it "
    "went out, revoke at the CA whatever was issued for this order since, and release it";

void hold(Store& store, const OrderId& order, std::string_view why, const std::string& by) {
    store.moveOrder(order, OrderState::OnHold, std::string{why} + " (" + by + ")");
    store.appendAudit(by, "order put on hold", order.value(), why);
}

/// It stays on hold; why it is so is another matter now, and first of all.
void holdAnew(Store& store, const OrderId& order, const std::string& by) {
    auto rows =
        store.select("SELECT batch, group_name, reason FROM orders WHERE id=?", order.value());
    rows.moveFirst();
    EventEntry event;
    event.kind = "order";
    event.subject = event.order = order.value();
    event.batch = textAt(rows, "batch");
    event.name = textAt(rows, "group_name");
    event.before = event.after = nameOf(OrderState::OnHold);
    event.reason = std::string{PerhapsMade} + " (" + by + "); before: " + textAt(rows, "reason");
    store.execute("UPDATE orders SET reason=?, changed=?, batch_act='', batch_why='' WHERE id=?",
                  event.reason, store.now(), order.value());
    store.changedBatches.insert(event.batch);
    store.tell(event);
    store.appendAudit(by, "order kept on hold", order.value(), PerhapsMade);
}

/// Whether they were printed since nobody here can know: each waits for a person who looks.
void doubtLettersUnderWay(Store& store, const std::string& by) {
    constexpr std::string_view Why =
        "the ledger was restored from a backup, and the letter may have been printed since";
    auto rows = store.select("SELECT id, state FROM letters WHERE state IN (?,?) ORDER BY rowid",
                             nameOf(LetterState::Released), nameOf(LetterState::Printing));
    for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
        const LetterId letter{textAt(rows, "id")};
        if (textAt(rows, "state") == nameOf(LetterState::Released))
            store.moveLetter(letter, LetterState::Printing, Why);
        store.moveLetter(letter, LetterState::PrintedUncertain, Why);
        store.appendAudit(by, "letter perhaps printed", letter.value(), Why);
    }
}

/// Their receipts may have come in since; they come in again, and find what is written here.
void doubtLettersHeld(Store& store) {
    store.execute("UPDATE letters SET perhaps_printed=1 WHERE state=?", nameOf(LetterState::Held));
}

void expectKnown(Store& store, const std::set<OrderId>& made) {
    for (const auto& order : made) {
        auto rows = store.select("SELECT 1 FROM orders WHERE id=?", order.value());
        if (rows.moveFirst()) continue;
        throw Failure{Fault::RequestRefused,
                      "order " + order.value() +
                          " came in after the backup: take it off the list of orders made, and do "
                          "not send it again"};
    }
}

}  // namespace

void copyLedger(const std::filesystem::path& ledger, const std::filesystem::path& copy) {
    if (!std::filesystem::exists(ledger)) {
        throw Failure{Fault::SettingUnusable, "there is no ledger " + ledger.string()};
    }
    Poco::Data::SQLite::Connector::registerConnector();
    writeDurably(copy, {});  // for its owner only, before anything stands in it
    try {
        copySoundly(ledger, copy);
    } catch (const Poco::Exception& broken) {
        throw Failure{Fault::LedgerUnwritable, "cannot copy the ledger " + ledger.string() +
                                                   " to " + copy.string() + ": " +
                                                   broken.displayText()};
    }
    flushDurably(copy);
}

void makeOneFile(const std::filesystem::path& ledger) {
    Poco::Data::SQLite::Connector::registerConnector();
    try {
        Poco::Data::Session session{"SQLite", ledger.string()};
        sqlWord(session, "PRAGMA journal_mode=DELETE");
    } catch (const Poco::Exception& broken) {
        throw Failure{Fault::LedgerUnwritable,
                      "cannot finish the ledger " + ledger.string() + ": " + broken.displayText()};
    }
    flushDurably(ledger);
}

bool Ledger::gaveOut(const CountedNumber& number) {
    return store_->reading([&](Connection& beside) {
        return beside
            .select("SELECT 1 FROM numbers WHERE year>? OR (year=? AND last>=?)", number.year,
                    number.year, number.sequence)
            .moveFirst();
    });
}

Continuation Ledger::continueFromBackup(const Restoration& restoration) {
    const auto underWay = store_->whole([&] {
        if (restoration.made) expectKnown(*store_, *restoration.made);
        skipEvents(*store_);
        tellRestored(*store_, restoration);
        store_->appendAudit(restoration.by, LedgerRestored, "a backup", restoration.why);
        if (restoration.lastNumber) skipNumbers(*store_, *restoration.lastNumber);
        doubtLettersUnderWay(*store_, restoration.by);
        if (restoration.lastNumber) {
            doubtLettersHeld(*store_);
            store_->execute(  // a person decides about each of them now
                "UPDATE orders SET batch_act='', batch_why='' WHERE state=?",
                nameOf(OrderState::InProduction));
        }
        return idsIn(*store_, OrderState::InProduction);
    });
    Continuation continuation{endWalks(), 0};
    if (!restoration.lastNumber) return continuation;
    const auto perhapsMade = [&](const OrderId& order) {
        return !restoration.made || restoration.made->contains(order);
    };
    continuation.held = store_->whole([&] {
        std::size_t held = 0;
        for (const auto& order : idsIn(*store_, OrderState::OnHold)) {
            if (!perhapsMade(order)) continue;
            holdAnew(*store_, order, restoration.by);
            ++held;
        }
        for (const auto& order : underWay)
            hold(*store_, order, UnderWay, restoration.by);
        for (const auto& order : idsIn(*store_, OrderState::Queued)) {
            if (!perhapsMade(order)) continue;
            hold(*store_, order, PerhapsMade, restoration.by);
            ++held;
        }
        return held + underWay.size();
    });
    return continuation;
}

}  // namespace zegel::station
