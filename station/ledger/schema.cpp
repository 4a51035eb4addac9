#include "station/ledger/store.h"

#include <iterator>
#include <span>

namespace zegel::station {
namespace {

// Each step is applied once, in order, and never edited after it was shipped: the next change is a
// new step at the end.
constexpr const char* FirstSchema[]{
    "CREATE TABLE batches(id TEXT PRIMARY KEY, digest TEXT NOT NULL, accepted INTEGER NOT NULL)",
    "CREATE TABLE orders(id TEXT PRIMARY KEY, batch TEXT NOT NULL REFERENCES batches(id), "
    "position INTEGER NOT NULL, profile TEXT NOT NULL, group_id TEXT NOT NULL, country TEXT NOT "
    "NULL, "
    "organisation TEXT NOT NULL, kvk TEXT NOT NULL, group_name TEXT NOT NULL, oin TEXT, "
    "manager TEXT NOT NULL, manager_organisation TEXT NOT NULL, street TEXT NOT NULL, "
    "postcode TEXT NOT NULL, town TEXT NOT NULL, manager_country TEXT NOT NULL, email TEXT, "
    "language TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', "
    "attempts INTEGER NOT NULL DEFAULT 0, chip TEXT, number TEXT UNIQUE, letter TEXT, "
    "changed INTEGER NOT NULL)",
    "CREATE INDEX orders_by_state ON orders(state, profile)",
    "CREATE INDEX orders_by_batch ON orders(batch, position)",
    "CREATE TABLE refused(batch TEXT NOT NULL REFERENCES batches(id), position INTEGER NOT NULL, "
    "line INTEGER NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY(batch, position))",
    "CREATE TABLE cards(serial TEXT PRIMARY KEY, family TEXT NOT NULL, firmware TEXT NOT NULL, "
    "state TEXT NOT NULL, order_id TEXT REFERENCES orders(id), reason TEXT NOT NULL DEFAULT '', "
    "spoiled_times INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL)",
    "CREATE TABLE intents(row INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), "
    "letter TEXT NOT NULL, chip TEXT NOT NULL, act TEXT NOT NULL, at INTEGER NOT NULL)",
    "CREATE INDEX intents_by_letter ON intents(letter)",
    "CREATE TABLE certificates(row INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES "
    "orders(id), "
    "letter TEXT NOT NULL, chip TEXT NOT NULL, purpose TEXT NOT NULL, state TEXT NOT NULL, "
    "transaction_id BLOB NOT NULL, request BLOB NOT NULL, der BLOB, serial TEXT, "
    "not_before INTEGER, not_after INTEGER, changed INTEGER NOT NULL)",
    "CREATE INDEX certificates_by_order ON certificates(order_id)",
    "CREATE INDEX certificates_by_state ON certificates(state)",
    "CREATE INDEX certificates_by_serial ON certificates(serial)",
    "CREATE TABLE numbers(year INTEGER PRIMARY KEY, last INTEGER NOT NULL)",
    "CREATE TABLE letters(id TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), "
    "state TEXT NOT NULL, sealed BLOB, revocation_hash TEXT NOT NULL, evidence TEXT NOT NULL "
    "DEFAULT '', changed INTEGER NOT NULL)",
    "CREATE TABLE proofs(letter TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), "
    "record TEXT NOT NULL, at INTEGER NOT NULL)",
    "CREATE TABLE group_keys(group_id TEXT NOT NULL, profile TEXT NOT NULL, wrapped BLOB, "
    "escrow BLOB, at INTEGER NOT NULL, PRIMARY KEY(group_id, profile, at))",
    "CREATE TABLE receipts(id TEXT PRIMARY KEY, name TEXT NOT NULL, number TEXT NOT NULL, "
    "given_by TEXT NOT NULL, accepted INTEGER NOT NULL, outcome TEXT NOT NULL, order_id TEXT, "
    "at INTEGER NOT NULL)",
    "CREATE TABLE audit(sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, "
    "who TEXT NOT NULL, act TEXT NOT NULL, subject TEXT NOT NULL, why TEXT NOT NULL, "
    "digest TEXT NOT NULL)"};

constexpr const char* SecondSchema[]{
    // tries of an order that reached the CA and came to nothing by it, since a person last looked
    "ALTER TABLE orders ADD COLUMN unanswered INTEGER NOT NULL DEFAULT 0",
    // what the last try had drawn: its number serves again when no certificate came of it
    "ALTER TABLE orders ADD COLUMN spare_number TEXT",
    "ALTER TABLE orders ADD COLUMN spare_letter TEXT"};

constexpr const char* ThirdSchema[]{
    // what people decided, by the id they gave it: the same again changes nothing
    "CREATE TABLE decisions(id TEXT PRIMARY KEY, content TEXT NOT NULL, at INTEGER NOT NULL)"};

constexpr const char* FourthSchema[]{
    // every change of state, written with the change; `delivered`: when the order system took it
    "CREATE TABLE events(sequence INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, "
    "kind TEXT NOT NULL, subject TEXT NOT NULL, batch TEXT NOT NULL, order_id TEXT NOT NULL, "
    "before TEXT NOT NULL, after TEXT NOT NULL, reason TEXT NOT NULL, chip TEXT NOT NULL, "
    "number TEXT NOT NULL, name TEXT NOT NULL, purpose TEXT NOT NULL, serial TEXT NOT NULL, "
    "orders INTEGER, refused INTEGER, delivered INTEGER)",
    "CREATE INDEX events_undelivered ON events(sequence) WHERE delivered IS NULL",
    "CREATE TABLE instance(only INTEGER PRIMARY KEY CHECK(only=1), id TEXT NOT NULL)",
    "INSERT INTO instance(only, id) VALUES(1, lower(hex(randomblob(8))))"};

constexpr const char* FifthSchema[]{
    // what people and the station ruled about readers, by the names the PC/SC service gives them
    "CREATE TABLE readers(name TEXT PRIMARY KEY, batch TEXT NOT NULL, set_aside TEXT NOT NULL)",
    "CREATE INDEX orders_queued_of_batch ON orders(batch, state, profile, position)"};

constexpr const char* SixthSchema[]{
    "CREATE TABLE audit_heads(sequence INTEGER PRIMARY KEY, record BLOB NOT NULL)"};

constexpr const char* SeventhSchema[]{
    // how many orders a batch has never changes once it was accepted: no list counts them anew
    "ALTER TABLE batches ADD COLUMN orders INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE batches ADD COLUMN refused INTEGER NOT NULL DEFAULT 0",
    "UPDATE batches SET orders=(SELECT count(*) FROM orders WHERE batch=batches.id), "
    "refused=(SELECT count(*) FROM refused WHERE batch=batches.id)",
    "CREATE INDEX orders_by_state_of_batch ON orders(batch, state)",
    "CREATE INDEX refused_by_id ON refused(id)"};

constexpr const char* EighthSchema[]{
    // why a certificate is revoked, by RFC 5280's name; empty: what a spoiled card leaves
    "ALTER TABLE certificates ADD COLUMN revocation_reason TEXT NOT NULL DEFAULT ''",
    // a number that somebody names is found as fast as one that no card has
    "CREATE INDEX certificates_by_plain_serial ON certificates(ltrim(serial,'0'))",
    "CREATE INDEX orders_by_chip ON orders(chip)",
    // wrong revocation codes since a right one, by the number they were for and by who tried
    "CREATE TABLE code_tries(subject TEXT PRIMARY KEY, wrong INTEGER NOT NULL, "
    "last INTEGER NOT NULL)",
    // acts for which one person is not enough
    "CREATE TABLE approvals(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, act TEXT NOT NULL, "
    "subject TEXT NOT NULL, detail TEXT NOT NULL, asker TEXT NOT NULL, "
    "asker_certificate TEXT NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL, "
    "expires INTEGER NOT NULL, state TEXT NOT NULL, second TEXT NOT NULL DEFAULT '', "
    "second_certificate TEXT NOT NULL DEFAULT '', answer TEXT NOT NULL DEFAULT '', ended INTEGER)",
    "CREATE INDEX approvals_by_state ON approvals(state, row)"};

constexpr const char* NinthSchema[]{
    // when and why a letter was released outlives its next states; who has it now
    "ALTER TABLE letters ADD COLUMN released_at INTEGER",
    "ALTER TABLE letters ADD COLUMN released_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE letters ADD COLUMN taken_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE letters ADD COLUMN taken_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE letters ADD COLUMN laid_out INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX letters_by_state ON letters(state)",
    // a station of before laid every released letter into its folder
    "INSERT INTO events(at, kind, subject, batch, order_id, before, after, reason, chip, number, "
    "name, purpose, serial) SELECT l.changed, 'letter', l.id, o.batch, o.id, 'released', "
    "'printing', 'laid out for the print room', coalesce(o.chip,''), coalesce(o.number,''), "
    "o.group_name, '', '' FROM letters l JOIN orders o ON o.id=l.order_id WHERE "
    "l.state='released' ORDER BY l.rowid",
    "UPDATE letters SET released_at=changed, released_by=evidence, laid_out=1, state='printing', "
    "evidence='laid out for the print room' WHERE state='released'",
    // a card on its way, the last time it was sent; when its receiver was reminded, and told of as
    // overdue
    "CREATE TABLE dispatches(order_id TEXT PRIMARY KEY REFERENCES orders(id), at INTEGER NOT NULL, "
    "sent_by TEXT NOT NULL, track TEXT NOT NULL, reminded INTEGER, overdue INTEGER)",
    // readers and sticks on loan: one of a serial is out at a time
    "CREATE TABLE loans(row INTEGER PRIMARY KEY, serial TEXT NOT NULL COLLATE NOCASE, kind TEXT "
    "NOT NULL, order_id TEXT NOT NULL REFERENCES orders(id), lent INTEGER NOT NULL, lent_by TEXT "
    "NOT NULL, returned INTEGER, returned_to TEXT NOT NULL DEFAULT '', said TEXT NOT NULL DEFAULT "
    "'')",
    "CREATE UNIQUE INDEX loans_open ON loans(serial) WHERE returned IS NULL",
    // what goes along with cards, until it lies in its folder
    "CREATE TABLE notes(row INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id), "
    "kind TEXT NOT NULL, at INTEGER NOT NULL, said TEXT NOT NULL, written INTEGER)",
    "CREATE INDEX notes_unwritten ON notes(row) WHERE written IS NULL",
    "CREATE INDEX notes_by_order ON notes(order_id, kind)",
    // of orders that were rejected before, everybody has heard
    "INSERT INTO notes(order_id, kind, at, said, written) SELECT id, 'rejection-notice', changed, "
    "'', changed FROM orders WHERE state='rejected' ORDER BY rowid"};

constexpr const char* TenthSchema[]{
    // the how manieth time a letter is given out on purpose; stands in what is signed
    "ALTER TABLE letters ADD COLUMN edition INTEGER NOT NULL DEFAULT 1",
    // held in a backup that was restored, and perhaps released and printed since it was taken
    "ALTER TABLE letters ADD COLUMN perhaps_printed INTEGER NOT NULL DEFAULT 0"};

constexpr const char* EleventhSchema[]{
    // the chip that an approval was asked for: an order's next card is another matter
    "ALTER TABLE approvals ADD COLUMN card TEXT NOT NULL DEFAULT ''",
    // of a card's end: its order wants another one
    "ALTER TABLE events ADD COLUMN replacement INTEGER NOT NULL DEFAULT 0"};

constexpr const char* TwelfthSchema[]{
    // how many orders of a batch are in which state: counted as they change, not when asked
    "CREATE TABLE batch_states(batch TEXT NOT NULL REFERENCES batches(id), state TEXT NOT NULL, "
    "orders INTEGER NOT NULL, PRIMARY KEY(batch, state)) WITHOUT ROWID",
    "INSERT INTO batch_states(batch, state, orders) "
    "SELECT batch, state, count(*) FROM orders GROUP BY batch, state",
    "CREATE TRIGGER orders_change_state AFTER UPDATE OF state ON orders WHEN old.state<>new.state "
    "BEGIN "
    "UPDATE batch_states SET orders=orders-1 WHERE batch=old.batch AND state=old.state; "
    "INSERT INTO batch_states(batch, state, orders) VALUES(new.batch, new.state, 1) "
    "ON CONFLICT(batch, state) DO UPDATE SET orders=orders+1; "
    "END",
    "DROP INDEX orders_by_state_of_batch"};

constexpr const char* ThirteenthSchema[]{
    // where its order stands among all: letters are listed as envelopes are filled
    "ALTER TABLE letters ADD COLUMN place INTEGER NOT NULL DEFAULT 0",
    "UPDATE letters SET place=(SELECT rowid FROM orders WHERE id=order_id)",
    "DROP INDEX letters_by_state", "CREATE INDEX letters_by_state ON letters(state, place)",
    "CREATE INDEX letters_by_place ON letters(place)",
    // whether codes that may have been seen are re-issued is not settled by nobody's answering
    "UPDATE approvals SET expires=253402300799 WHERE act='reissue-codes' AND state='open'",
    // a letter waits anew for a card that came back
    "INSERT INTO events(at, kind, subject, batch, order_id, before, after, reason, chip, number, "
    "name, purpose, serial) SELECT l.changed, 'letter', l.id, o.batch, o.id, 'released', 'held', "
    "'its card came back', coalesce(o.chip,''), coalesce(o.number,''), o.group_name, '', '' FROM "
    "letters l JOIN orders o ON o.id=l.order_id AND o.letter=l.id WHERE l.state='released' AND "
    "o.state='produced' ORDER BY l.rowid",
    "UPDATE letters SET state='held', evidence='its card came back', released_at=NULL, "
    "released_by='' WHERE state='released' AND EXISTS(SELECT 1 FROM orders o WHERE "
    "o.id=letters.order_id AND o.letter=letters.id AND o.state='produced')"};

struct Step {
    int version;
    std::span<const char* const> statements;
};

constexpr const char* FourteenthSchema[]{
    // what was decided about all of its batch: it is on hold by that, or is being made meanwhile
    "ALTER TABLE orders ADD COLUMN batch_act TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE orders ADD COLUMN batch_why TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX certificates_by_letter ON certificates(letter)"};

constexpr Step Steps[]{{1, FirstSchema},       {2, SecondSchema},     {3, ThirdSchema},
                       {4, FourthSchema},      {5, FifthSchema},      {6, SixthSchema},
                       {7, SeventhSchema},     {8, EighthSchema},     {9, NinthSchema},
                       {10, TenthSchema},      {11, EleventhSchema},  {12, TwelfthSchema},
                       {13, ThirteenthSchema}, {14, FourteenthSchema}};

}  // namespace

void Store::expectOfToday() {
    auto rows = select("PRAGMA user_version");
    const auto version = rows.value(0, 0).convert<int>();
    const auto newest = Steps[std::size(Steps) - 1].version;
    if (version == newest) return;
    throw Failure{Fault::LedgerUnwritable,
                  "the ledger " + file_.string() + " is of another version (schema " +
                      std::to_string(version) + ", not " + std::to_string(newest) +
                      "), and only a station that starts brings it up to date; nothing was "
                      "changed"};
}

void Store::migrate() {
    session.begin();
    auto rows = select("PRAGMA user_version");
    const auto version = rows.value(0, 0).convert<int>();
    if (version > Steps[std::size(Steps) - 1].version) {
        session.rollback();
        throw Failure{Fault::LedgerUnwritable, "the ledger " + file_.string() +
                                                   " was written by a newer station (schema " +
                                                   std::to_string(version) + "): run that version"};
    }
    for (const auto& step : Steps) {
        if (version >= step.version) continue;
        for (const auto* statement : step.statements)
            execute(statement);
        execute("PRAGMA user_version=" + std::to_string(step.version));
    }
    session.commit();
}

}  // namespace zegel::station
