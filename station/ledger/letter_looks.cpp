#include "station/ledger/letter_book.h"
#include "station/ledger/letter_steps.h"

#include <limits>

namespace zegel::station {
namespace {

constexpr const char* LetterColumns =
    "SELECT l.rowid AS row, l.id, l.order_id, l.state, l.evidence, l.released_at, l.released_by, "
    "l.edition, l.taken_id, l.taken_by, l.laid_out, l.changed, l.sealed IS NOT NULL AS has_sealed, "
    "o.profile, "
    "o.language FROM letters l JOIN orders o ON o.id=l.order_id ";

LetterEntry letterAt(Poco::Data::RecordSet& rows) {
    LetterEntry entry;
    entry.row = numberAt(rows, "row");
    entry.letter = LetterId{textAt(rows, "id")};
    entry.order = OrderId{textAt(rows, "order_id")};
    entry.state = letterStateNamed(textAt(rows, "state"));
    entry.profile = textAt(rows, "profile");
    entry.language = textAt(rows, "language");
    entry.reason = textAt(rows, "evidence");
    entry.sealed = numberAt(rows, "has_sealed") != 0;
    entry.releasedAt = timeAt(rows, "released_at");
    entry.releasedBy = textAt(rows, "released_by");
    entry.edition = static_cast<int>(numberAt(rows, "edition"));
    entry.takenId = textAt(rows, "taken_id");
    entry.takenBy = textAt(rows, "taken_by");
    entry.laidOut = numberAt(rows, "laid_out") != 0;
    entry.changed = timeAt(rows, "changed");
    return entry;
}

/// Of the letter in this row, among the orders: they lie as they came, each batch in its own order.
std::int64_t placeOf(Connection& from, std::int64_t row) {
    if (row == 0) return 0;
    auto rows = from.select("SELECT place FROM letters WHERE rowid=?", row);
    return rows.moveFirst() ? numberAt(rows, "place") : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

std::optional<LetterEntry> letterOf(Connection& from, const LetterId& letter) {
    auto rows = from.select(std::string{LetterColumns} + "WHERE l.id=?", letter.value());
    if (!rows.moveFirst()) return std::nullopt;
    return letterAt(rows);
}

std::optional<LetterEntry> LetterBook::letter(const LetterId& letter) {
    return store_.reading([&](Connection& beside) { return letterOf(beside, letter); });
}

std::vector<LetterEntry> LetterBook::letters(const std::optional<LetterState>& state,
                                             std::int64_t after, std::size_t limit) {
    return store_.reading([&](Connection& beside) {
        const auto place = placeOf(beside, after);
        const auto columns = std::string{LetterColumns};
        if (state) {
            return allOf(beside.select(columns + "WHERE l.state=? AND (l.place,l.rowid)>(?,?) "
                                                 "ORDER BY l.place, l.rowid LIMIT ?",
                                       nameOf(*state), place, after, limit),
                         letterAt);
        }
        return allOf(beside.select(columns + "WHERE (l.place,l.rowid)>(?,?) ORDER BY l.place, "
                                             "l.rowid LIMIT ?",
                                   place, after, limit),
                     letterAt);
    });
}

bool LetterBook::mustNotGoOut(const LetterId& letter) {
    return store_.reading([&](Connection& beside) { return isOfEndedCard(beside, letter); });
}

std::vector<LetterEntry> LetterBook::untold(TimePoint latest, std::size_t limit) {
    return store_.reading([&](Connection& beside) {
        return allOf(beside.select(std::string{LetterColumns} +
                                       "WHERE l.state IN (?,?) AND (l.changed<=? OR EXISTS(SELECT "
                                       "1 FROM cards c WHERE c.serial=o.chip AND o.letter=l.id AND "
                                       "c.state IN (?,?))) ORDER BY l.rowid LIMIT ?",
                                   nameOf(LetterState::Printing), nameOf(LetterState::Printed),
                                   latest.time_since_epoch().count(), nameOf(CardState::Revoked),
                                   nameOf(CardState::Destroyed), limit),
                     letterAt);
    });
}

std::vector<LetterEntry> LetterBook::givenBack(std::size_t limit) {
    return store_.reading([&](Connection& beside) {
        // One that was just released says by what; one for a reprint, why.
        return allOf(
            beside.select(std::string{LetterColumns} +
                              "WHERE (l.state=? AND l.evidence NOT IN ('',l.released_by) AND "
                              "(l.edition=1 OR l.changed>l.released_at)) OR (l.state=? AND "
                              "l.laid_out=1 AND l.taken_by='' AND l.evidence<>?) ORDER BY l.rowid "
                              "LIMIT ?",
                          nameOf(LetterState::Released), nameOf(LetterState::Printing), LaidOut,
                          limit),
            letterAt);
    });
}

std::optional<std::string> LetterBook::whyNoSheetYet(const LetterId& letter) {
    return store_.reading(
        [&](Connection& beside) { return station::whyNoSheetYet(beside, letter, store_.now()); });
}

}  // namespace zegel::station
