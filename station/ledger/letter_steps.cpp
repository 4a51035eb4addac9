#include "station/ledger/letter_steps.h"

#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"
#include "station/ledger/approved_acts.h"

namespace zegel::station {
namespace {

constexpr std::string_view CardCameBack = "its card came back";

std::string sha256Of(ByteView octets) {
    Bytes digest(32);
    if (EVP_Digest(octets.data(), octets.size(), digest.data(), nullptr, EVP_sha256(), nullptr) !=
        1) {
        throw Failure{Fault::Defect, "OpenSSL makes no SHA-256"};
    }
    return toHex(digest);
}

/// `why` may be any person's words; `releasedBy` stands in the letter.
void markReleased(Store& store, const LetterId& letter, std::string_view why,
                  std::string_view releasedBy) {
    store.moveLetter(letter, LetterState::Released, why);
    store.execute(
        "UPDATE letters SET released_at=?, released_by=?, taken_id='', taken_by='', laid_out=0 "
        "WHERE id=?",
        store.now(), releasedBy, letter.value());
}

}  // namespace

std::optional<LetterState> stateOfLetter(Store& store, const LetterId& letter) {
    auto rows = store.select("SELECT state FROM letters WHERE id=?", letter.value());
    if (!rows.moveFirst()) return std::nullopt;
    return letterStateNamed(textAt(rows, "state"));
}

void forgetThatItsCardCameBack(Store& store, const LetterId& letter) {
    store.execute("UPDATE letters SET evidence='' WHERE id=? AND state=? AND evidence=?",
                  letter.value(), nameOf(LetterState::Held), CardCameBack);
}

void releaseLetter(Store& store, const LetterId& letter, std::string_view evidence) {
    markReleased(store, letter, evidence, evidence);
}

void holdWhileItsCardIsHere(Store& store, const LetterId& letter) {
    auto rows = store.select(
        "SELECT 1 FROM letters l JOIN orders o ON o.id=l.order_id AND o.letter=l.id WHERE l.id=? "
        "AND l.state=? AND o.state=?",
        letter.value(), nameOf(LetterState::Released), nameOf(OrderState::Produced));
    if (!rows.moveFirst()) return;
    store.moveLetter(letter, LetterState::Held, CardCameBack);
    store.execute("UPDATE letters SET released_at=NULL, released_by='' WHERE id=?", letter.value());
}

std::optional<std::string> whyNoSheetYet(Connection& from, const LetterId& letter,
                                         std::int64_t now) {
    if (const auto asked = waitingApproval(from, "reissue-codes", letter.value(), now)) {
        return "its codes may have been seen, and are to be re-issued once approval " + *asked +
               " is granted";
    }
    auto rows = from.select(
        "SELECT o.id FROM letters l JOIN orders o ON o.id=l.order_id AND o.letter=l.id WHERE "
        "l.id=?",
        letter.value());
    if (!rows.moveFirst()) return std::nullopt;
    const auto asked = waitingApproval(from, "revoke-card", textAt(rows, "id"), now);
    if (!asked) return std::nullopt;
    return "its card is to be revoked once approval " + *asked + " is granted";
}

void expectSheetAllowed(Store& store, const LetterId& letter) {
    const auto why = whyNoSheetYet(store, letter, store.now());
    if (!why) return;
    throw Failure{Fault::RequestRefused,
                  "letter " + letter.value() + ": " + *why + ": no sheet is made of it"};
}

bool isCardHere(Connection& from, const LetterId& letter) {
    return from
        .select(
            "SELECT 1 FROM letters l JOIN orders o ON o.id=l.order_id AND o.letter=l.id WHERE "
            "l.id=? AND o.state=?",
            letter.value(), nameOf(OrderState::Produced))
        .moveFirst();
}

void expectPrintableAgain(Store& store, const LetterId& letter) {
    const auto refuse = [&](const std::string& why) {
        throw Failure{Fault::RequestRefused, "letter " + letter.value() + why};
    };
    auto rows = store.select(
        "SELECT l.state AS state, l.sealed IS NOT NULL AS sealed, c.state AS card FROM letters l "
        "LEFT JOIN orders o ON o.id=l.order_id AND o.letter=l.id LEFT JOIN cards c ON "
        "c.serial=o.chip WHERE l.id=?",
        letter.value());
    if (!rows.moveFirst()) refuse(" is not known");
    if (numberAt(rows, "sealed") == 0) {
        refuse(
            ": its sealed codes are destroyed, so it cannot be printed again; its receiver "
            "needs another card");
    }
    const auto state = textAt(rows, "state");
    if (state != nameOf(LetterState::Spoiled) && state != nameOf(LetterState::Returned)) {
        refuse(" is " + state + ": only one that is spoiled or returned is printed once more");
    }
    const auto card = textAt(rows, "card");
    const bool ofUse = card == nameOf(CardState::Proved) || card == nameOf(CardState::Dispatched) ||
                       card == nameOf(CardState::Returned) || card == nameOf(CardState::InUse);
    if (!ofUse) {
        refuse(": its card is " + (card.empty() ? "made anew" : card) +
               ", so its codes are of no use to anybody");
    }
    expectSheetAllowed(store, letter);
}

void releaseAgain(Store& store, const LetterId& letter, std::string_view why) {
    expectPrintableAgain(store, letter);
    markReleased(store, letter, why, "reprint");
    store.execute("UPDATE letters SET edition=edition+1, perhaps_printed=0 WHERE id=?",
                  letter.value());
    holdWhileItsCardIsHere(store, letter);
}

void expectReprintable(Store& store, const Approval& approval) {
    expectPrintableAgain(store, LetterId{approval.subject});
}

void reprintApproved(Store& store, const Approval& approval) {
    releaseAgain(store, LetterId{approval.subject}, approval.why);
    store.appendAudit(bothOf(approval), "letter to be printed again", approval.subject,
                      approval.why + "; by approval " + approval.id);
}

void expectAbandoned(Store& store, const Approval& approval) {
    auto rows =
        store.select("SELECT state, laid_out, taken_by FROM letters WHERE id=?", approval.subject);
    const auto refuse = [&](const std::string& why) {
        throw Failure{Fault::RequestRefused, "letter " + approval.subject + why};
    };
    if (!rows.moveFirst()) refuse(" is not known");
    const auto state = textAt(rows, "state");
    if (state != nameOf(LetterState::Printing)) {
        refuse(" is " + state +
               ": only one that is printing was left behind by the machine that took it");
    }
    if (numberAt(rows, "laid_out") == 0 || !textAt(rows, "taken_by").empty()) return;
    refuse(
        " was laid into the folder, and no machine took it: take its file out of there; any "
        "client of the print room calls it uncertain and settles it");
}

void settleAbandoned(Store& store, const Approval& approval) {
    const LetterId letter{approval.subject};
    const auto outcome = letterStateNamed(approval.detail);
    store.moveLetter(letter, LetterState::PrintedUncertain, approval.why);
    store.moveLetter(letter, outcome, approval.why);
    store.appendAudit(
        bothOf(approval),
        outcome == LetterState::Printed ? "letter found printed" : "letter found spoiled",
        approval.subject, approval.why + "; whoever took it is gone, by approval " + approval.id);
    destroyOfEndedCard(store, letter);
}

bool isOfEndedCard(Connection& from, const LetterId& letter) {
    return from
        .select(
            "SELECT 1 FROM letters l JOIN orders o ON o.id=l.order_id AND o.letter=l.id JOIN cards "
            "c ON c.serial=o.chip WHERE l.id=? AND c.state IN (?,?)",
            letter.value(), nameOf(CardState::Revoked), nameOf(CardState::Destroyed))
        .moveFirst();
}

void destroyOfEndedCard(Store& store, const LetterId& letter) {
    const auto state = stateOfLetter(store, letter);
    if (!state || !mayBecome(*state, LetterState::Destroyed)) return;
    if (!isOfEndedCard(store, letter)) return;
    destroyLetter(store, letter, "station", "its card is revoked, and no sheet of it is to go out");
}

void destroyLetter(Store& store, const LetterId& letter, std::string_view who,
                   std::string_view why) {
    auto rows = store.select("SELECT sealed FROM letters WHERE id=?", letter.value());
    const auto sealed = rows.moveFirst() ? bytesAt(rows, "sealed") : Bytes{};
    store.moveLetter(letter, LetterState::Destroyed, why);
    store.execute("UPDATE letters SET sealed=NULL WHERE id=?", letter.value());
    store.forget();
    store.appendAudit(who, "sealed codes destroyed", letter.value(),
                      std::string{why} + "; SHA-256 of the sealed record " + sha256Of(sealed));
}

}  // namespace zegel::station
