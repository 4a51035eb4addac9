#include "station/ledger/letter_book.h"

#include "station/ledger/letter_steps.h"

#include <algorithm>
#include <array>

namespace zegel::station {
namespace {

using Kind = LetterAct::Kind;

constexpr std::string_view CardRevoked = "its card is revoked: no sheet is made of it";
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
    {Kind::Fetch,
     "letter fetched",
     LetterState::Printing,
     {LetterState::Printing, LetterState::Printing},
     "only one that was laid into the folder can be fetched there"},
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

bool isTaking(Kind kind) {
    return kind == Kind::Take || kind == Kind::Fetch;
}

const Rule& ruleFor(Kind kind) {
    const auto* rule = std::ranges::find(Rules, kind, &Rule::kind);
    if (rule != std::end(Rules)) return *rule;
    throw Failure{Fault::Defect, "an act on a letter without a rule"};
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

/// Laid into the folder, and fetched by nobody.
bool isInFolder(const LetterEntry& letter) {
    return letter.laidOut && letter.takenBy.empty();
}

/// It is printing already, and stays it.
bool staysPrinting(Store& store, const LetterEntry& letter, Kind kind) {
    if (kind == Kind::GiveBack)
        return letter.laidOut && !isOfEndedCard(store, letter.letter);  // which is erased, released
    return kind == Kind::Fetch;
}

/// That nobody has it yet whom it would be taken from.
void expectFetchable(const LetterEntry& letter, const Rule& rule) {
    if (!letter.laidOut) throw refusal(letter, rule.wanted);
    if (isInFolder(letter)) return;
    throw refusal(letter, "it was fetched out of the folder before, by " + letter.takenBy +
                              "; what became of it is settled after a look at the paper");
}

void expectAllowed(const LetterEntry& letter, const LetterAct& act, const Rule& rule) {
    if (std::ranges::find(rule.from, letter.state) == rule.from.end()) {
        throw refusal(letter, rule.wanted);
    }
    if (act.kind == Kind::Fetch) expectFetchable(letter, rule);
    if (!act.taken.empty() && act.taken != letter.takenId) {
        throw refusal(letter, "what was taken as " + act.taken + " is not in your hands any more");
    }
    const bool inFolder = isInFolder(letter);
    if (inFolder && (act.kind == Kind::GiveBack || act.kind == Kind::Printed)) {
        throw refusal(letter, "it lies in the folder for the print room, and nobody fetched it");
    }
    const bool others = !inFolder && letter.takenBy != act.by;
    if (others && act.kind == Kind::GiveBack) {
        throw refusal(letter, "only who took it gives it back");
    }
    if (others && (act.kind == Kind::Printed || act.kind == Kind::Uncertain)) {
        throw refusal(letter,
                      "only who took it knows what became of it; when that machine is gone, two "
                      "persons settle it after a look at the paper: zegel letter abandoned LETTER");
    }
}

/// A file, or an answer that was on its way, says nothing of what happened since.
void expectSheetWanted(Store& store, const LetterEntry& letter, Kind kind) {
    if (isOfEndedCard(store, letter.letter)) throw refusal(letter, CardRevoked);
    if (kind == Kind::Fetch && isCardHere(store, letter.letter)) {
        throw refusal(letter,
                      "its card came back, and no sheet is made of it before the card is "
                      "sent once more");
    }
    expectSheetAllowed(store, letter.letter);
}

void moveBy(Store& store, const LetterEntry& letter, const LetterAct& act, const Rule& rule) {
    if (staysPrinting(store, letter, act.kind)) {
        store.execute("UPDATE letters SET evidence=? WHERE id=?",
                      act.kind == Kind::Fetch ? LaidOut : act.why, act.letter.value());
    } else {
        const bool tellsOfEnd = act.why.empty() && isOfEndedCard(store, act.letter);
        store.moveLetter(act.letter, rule.to, tellsOfEnd ? OfEndedCard : act.why);
    }
    const bool take = isTaking(act.kind);
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

Ledger::Settlement LetterBook::record(const LetterAct& act) {
    const auto& rule = ruleFor(act.kind);
    return store_.whole([&] {
        const bool before = store_.decidedBefore(
            "letter act " + act.id, {act.letter.value(), rule.record, act.by, act.why});
        const auto letter = letterOf(store_, act.letter);
        if (!letter) {
            throw Failure{Fault::RequestRefused, "no letter " + act.letter.value() + " is known"};
        }
        if (before) {
            if (isTaking(act.kind)) {
                expectStillTaken(*letter, act);
                expectSheetWanted(store_, *letter, act.kind);
            }
            return Ledger::Settlement::DoneBefore;
        }
        expectAllowed(*letter, act, rule);
        if (isTaking(act.kind)) expectSheetWanted(store_, *letter, act.kind);
        if (act.kind == Kind::Posted && isOfEndedCard(store_, act.letter))
            throw refusal(*letter, OfEndedCard);
        moveBy(store_, *letter, act, rule);
        holdWhileItsCardIsHere(store_, act.letter);
        destroyOfEndedCard(store_, act.letter);
        return Ledger::Settlement::Done;
    });
}

bool LetterBook::layOut(const LetterId& letter) {
    return store_.whole([&] {
        auto rows = store_.select("SELECT perhaps_printed FROM letters WHERE id=? AND state=?",
                                  letter.value(), nameOf(LetterState::Released));
        if (!rows.moveFirst() || station::whyNoSheetYet(store_, letter, store_.now())) return false;
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
