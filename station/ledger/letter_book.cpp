#include "station/ledger/letter_book.h"

#include "station/ledger/letter_steps.h"

#include <algorithm>
#include <array>
#include <limits>

namespace zegel::station {
namespace {

using Kind = LetterAct::Kind;

constexpr const char* LetterColumns =
    "SELECT l.rowid AS row, l.id, l.order_id, l.state, l.evidence, l.released_at, l.released_by, "
    "l.edition, l.taken_id, l.taken_by, l.laid_out, l.changed, l.sealed IS NOT NULL AS has_sealed, "
    "o.profile, "
    "o.language FROM letters l JOIN orders o ON o.id=l.order_id ";
constexpr std::string_view LaidOut = "laid out for the print room";
constexpr std::string_view OfEndedCard =
    "its card is revoked: destroy the sheet, and settle the letter as spoiled";
constexpr std::string_view PerhapsPrinted =
    "it was held when a backup was taken, which is restored now: it may have been printed since";

struct Rule {
    Kind kind;
    std::string_view record;  ///< in the audit
    LetterState to;
    std::array<LetterState, 2> from;
    std::string_view wanted;
};

constexpr Rule Rules[]{
    {Kind::Take,
     "letter taken",
     LetterState::Printing,
     {LetterState::Released, LetterState::Released},
     "only one that is released can be taken"},
    {Kind::GiveBack,
     "letter given back",
     LetterState::Released,
     {LetterState::Printing, LetterState::Printing},
     "only one that is printing can be given back"},
    {Kind::Printed,
     "letter printed",
     LetterState::Printed,
     {LetterState::Printing, LetterState::Printing},
     "only one that is printing can have been printed; what is uncertain, a person settles"},
    {Kind::Uncertain,
     "letter perhaps printed",
     LetterState::PrintedUncertain,
     {LetterState::Printing, LetterState::Printing},
     "only one that is printing can be uncertain"},
    {Kind::FoundPrinted,
     "letter found printed",
     LetterState::Printed,
     {LetterState::PrintedUncertain, LetterState::PrintedUncertain},
     "only one that is printed-uncertain is to be settled so"},
    {Kind::FoundSpoiled,
     "letter found spoiled",
     LetterState::Spoiled,
     {LetterState::PrintedUncertain, LetterState::Printed},
     "only one that is printed-uncertain or printed can be spoiled"},
    {Kind::Posted,
     "letter posted",
     LetterState::Posted,
     {LetterState::Printed, LetterState::Printed},
     "only one that is printed can be posted"},
    {Kind::Returned,
     "letter came back",
     LetterState::Returned,
     {LetterState::Posted, LetterState::Posted},
     "only one that is posted can come back"}};

const Rule& ruleFor(Kind kind) {
    const auto* rule = std::ranges::find(Rules, kind, &Rule::kind);
    if (rule != std::end(Rules)) return *rule;
    throw Failure{Fault::Defect, "an act on a letter without a rule"};
}

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

std::optional<LetterEntry> entryOf(Connection& from, const LetterId& letter) {
    auto rows = from.select(std::string{LetterColumns} + "WHERE l.id=?", letter.value());
    if (!rows.moveFirst()) return std::nullopt;
    return letterAt(rows);
}

Failure refusal(const LetterEntry& letter, std::string_view wanted) {
    return Failure{Fault::RequestRefused, "letter " + letter.letter.value() + " is " +
                                              std::string{nameOf(letter.state)} + ": " +
                                              std::string{wanted}};
}

/// Who asks again for what was given before still has it, or is told what became of it.
void expectStillTaken(const LetterEntry& letter, const LetterAct& act) {
    const bool still = letter.state == LetterState::Printing && letter.takenId == act.id &&
                       letter.takenBy == act.by;
    if (still) return;
    throw refusal(letter, "what was taken as " + act.id + " is not in your hands any more");
}

/// Laid into the folder, and nobody said yet that he has it from there.
bool isInFolder(const LetterEntry& letter) {
    return letter.laidOut && letter.takenBy.empty();
}

/// Whoever found it in the folder takes it there: it is printing already, and stays it.
bool isOfFolder(const LetterEntry& letter, Kind kind) {
    const bool moves = kind == Kind::Take || kind == Kind::GiveBack;
    return moves && letter.laidOut && letter.state == LetterState::Printing;
}

void expectAllowed(const LetterEntry& letter, const LetterAct& act, const Rule& rule) {
    if (act.kind == Kind::Take && isOfFolder(letter, act.kind)) {
        if (isInFolder(letter)) return;
        throw refusal(letter, "it was taken out of the folder before, by " + letter.takenBy +
                                  "; what became of it is to be settled after a look at the paper");
    }
    if (std::ranges::find(rule.from, letter.state) == rule.from.end()) {
        throw refusal(letter, rule.wanted);
    }
    if (act.kind == Kind::GiveBack && isInFolder(letter)) {
        throw refusal(letter, "it lies in the folder for the print room, where it stays");
    }
    const bool others = !isInFolder(letter) && letter.takenBy != act.by;
    if (others && act.kind == Kind::GiveBack) {
        throw refusal(letter, "only who took it gives it back");
    }
    if (others && (act.kind == Kind::Printed || act.kind == Kind::Uncertain)) {
        throw refusal(letter,
                      "only who took it knows what became of it; when that machine is gone, two "
                      "persons settle it after a look at the paper: zegel letter abandoned LETTER");
    }
}

void moveBy(Store& store, const LetterEntry& letter, const LetterAct& act, const Rule& rule) {
    if (!isOfFolder(letter, act.kind)) {
        const bool tellsOfEnd = act.why.empty() && isOfEndedCard(store, act.letter);
        store.moveLetter(act.letter, rule.to, tellsOfEnd ? OfEndedCard : act.why);
    }
    const bool take = act.kind == Kind::Take;
    if (take || act.kind == Kind::GiveBack) {
        store.execute("UPDATE letters SET taken_id=?, taken_by=? WHERE id=?", take ? act.id : "",
                      take ? act.by : "", act.letter.value());
    }
    store.appendAudit(act.by, rule.record, act.letter.value(), act.why);
}

}  // namespace

LetterBook Ledger::letters() {
    return LetterBook{*store_};
}

std::optional<LetterEntry> LetterBook::letter(const LetterId& letter) {
    return store_.reading([&](Connection& beside) { return entryOf(beside, letter); });
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
                              "WHERE l.state=? AND l.evidence NOT IN ('',l.released_by) AND "
                              "(l.edition=1 OR l.changed>l.released_at) ORDER BY l.rowid LIMIT ?",
                          nameOf(LetterState::Released), limit),
            letterAt);
    });
}

Ledger::Settlement LetterBook::record(const LetterAct& act) {
    const auto& rule = ruleFor(act.kind);
    return store_.whole([&] {
        const bool before = store_.decidedBefore(
            "letter act " + act.id, {act.letter.value(), rule.record, act.by, act.why});
        const auto letter = entryOf(store_, act.letter);
        if (!letter) {
            throw Failure{Fault::RequestRefused, "no letter " + act.letter.value() + " is known"};
        }
        if (before) {
            if (act.kind == Kind::Take) {
                expectStillTaken(*letter, act);
                expectNotReissued(store_, act.letter);
            }
            return Ledger::Settlement::DoneBefore;
        }
        expectAllowed(*letter, act, rule);
        if (act.kind == Kind::Take) expectNotReissued(store_, act.letter);
        if (act.kind == Kind::Posted && isOfEndedCard(store_, act.letter))
            throw refusal(*letter, OfEndedCard);
        moveBy(store_, *letter, act, rule);
        holdWhileItsCardIsHere(store_, act.letter);
        destroyOfEndedCard(store_, act.letter);
        return Ledger::Settlement::Done;
    });
}

bool LetterBook::isToBeReissued(const LetterId& letter) {
    return store_.reading(
        [&](Connection& beside) { return askedReissue(beside, letter, store_.now()).has_value(); });
}

bool LetterBook::layOut(const LetterId& letter) {
    return store_.whole([&] {
        auto rows = store_.select("SELECT perhaps_printed FROM letters WHERE id=? AND state=?",
                                  letter.value(), nameOf(LetterState::Released));
        if (!rows.moveFirst() || askedReissue(store_, letter, store_.now())) return false;
        store_.moveLetter(letter, LetterState::Printing, LaidOut);
        if (numberAt(rows, "perhaps_printed") != 0) {
            store_.moveLetter(letter, LetterState::PrintedUncertain, PerhapsPrinted);
            return false;
        }
        store_.execute("UPDATE letters SET laid_out=1 WHERE id=?", letter.value());
        store_.appendAudit("station", "letter laid out", letter.value(), LaidOut);
        return true;
    });
}

}  // namespace zegel::station
