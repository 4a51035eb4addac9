#include "station/ledger/card_steps.h"

#include "station/ledger/approved_acts.h"
#include "station/ledger/letter_steps.h"

namespace zegel::station {
namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why};
}

void wantRevoked(Store& store, const LetterId& letter, std::string_view reason) {
    auto rows = store.select(
        "SELECT row FROM certificates WHERE letter=? AND state IN (?,?) ORDER BY row",
        letter.value(), nameOf(CertificateState::Issued), nameOf(CertificateState::Confirmed));
    for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
        const auto row = numberAt(rows, "row");
        store.execute("UPDATE certificates SET revocation_reason=? WHERE row=?", reason, row);
        store.moveCertificate(row, CertificateState::RevocationWanted);
    }
}

/// Paper that the print room holds is settled there; its codes are of no use to anybody.
bool isErasable(const std::optional<LetterState>& state) {
    return state && mayBecome(*state, LetterState::Destroyed);
}

/// The order that this letter's card was made for; whose card it is not any more has none.
std::optional<OrderId> orderOf(Store& store, const LetterId& letter) {
    auto rows = store.select(
        "SELECT o.id FROM letters l JOIN orders o ON o.id=l.order_id AND o.letter=l.id WHERE "
        "l.id=?",
        letter.value());
    if (!rows.moveFirst()) return std::nullopt;
    return OrderId{textAt(rows, "id")};
}

void expectRevocable(Store& store, const OrderId& order) {
    const auto issued = issuedCardOf(store, order);
    if (!issued) refuse("order " + order.value() + " has no card that could be revoked");
    const bool orderMayEnd =
        issued->order == OrderState::Closed || mayBecome(issued->order, OrderState::Closed);
    if (mayBecome(issued->card, CardState::Revoked) && orderMayEnd) return;
    if (!orderMayEnd) {
        refuse("order " + order.value() + " is " + std::string{nameOf(issued->order)} +
               ": its card is not issued yet, and there is nothing to revoke");
    }
    refuse("the card of order " + order.value() + " is " + std::string{nameOf(issued->card)} +
           ": there is nothing to revoke");
}

/// Whoever would grant it now could not.
void endPointless(Store& store, std::string_view act, std::string_view subject) {
    const auto asked = waitingApproval(store, act, subject, store.now());
    if (!asked) return;
    const std::string why = "its card is revoked";
    store.execute("UPDATE approvals SET state=?, answer=?, ended=? WHERE id=?",
                  nameOf(ApprovalState::Expired), why, store.now(), *asked);
    store.appendAudit("station", std::string{act} + " expired", subject,
                      why + "; approval " + *asked);
}

}  // namespace

std::optional<IssuedCard> issuedCardOf(Store& store, const OrderId& order) {
    auto rows = store.select(
        "SELECT o.state AS state, o.letter AS letter, o.chip AS chip, c.state "
        "AS card_state, l.state AS letter_state FROM orders o JOIN cards c ON c.serial=o.chip LEFT "
        "JOIN letters l ON l.id=o.letter WHERE o.id=?",
        order.value());
    if (!rows.moveFirst()) return std::nullopt;
    IssuedCard issued{orderStateNamed(textAt(rows, "state")), LetterId{textAt(rows, "letter")},
                      std::nullopt, ChipSerial{textAt(rows, "chip")},
                      cardStateNamed(textAt(rows, "card_state"))};
    if (const auto letter = textAt(rows, "letter_state"); !letter.empty()) {
        issued.letterState = letterStateNamed(letter);
    }
    return issued;
}

void endCard(Store& store, const OrderId& order, const IssuedCard& issued, const CardEnd& end) {
    const auto said =
        end.reason + (end.replacement == Replacement::Wanted
                          ? "; its codes may have been seen: its order wants another card"
                          : "");
    wantRevoked(store, issued.letter, end.reason);
    store.moveCard(issued.chip, CardState::Revoked, said, end.replacement);
    if (issued.order != OrderState::Closed) {
        store.moveOrder(order, OrderState::Closed, "its card is revoked: " + said);
    }
    store.appendAudit(end.by, "card revoked: " + end.reason, order.value(), end.why);
    endPointless(store, "revoke-card", order.value());
    endPointless(store, "reissue-codes", issued.letter.value());
    endPointless(store, "reprint-letter", issued.letter.value());
    if (isErasable(issued.letterState)) {
        destroyLetter(store, issued.letter, end.by, "its card is revoked: " + end.reason);
    }
}

void expectRevocable(Store& store, const Approval& approval) {
    expectRevocable(store, OrderId{approval.subject});
}

void revokeApproved(Store& store, const Approval& approval) {
    const OrderId order{approval.subject};
    endCard(store, order, issuedCardOf(store, order).value(),
            {approval.detail, bothOf(approval),
             approval.why + "; without its code, by approval " + approval.id});
}

void expectReissuable(Store& store, const Approval& approval) {
    const auto order = orderOf(store, LetterId{approval.subject});
    if (!order) {
        refuse("letter " + approval.subject +
               " is of a card that its order has no more: there is nothing to re-issue");
    }
    expectRevocable(store, *order);
}

void reissueApproved(Store& store, const Approval& approval) {
    const auto order = orderOf(store, LetterId{approval.subject}).value();
    endCard(store, order, issuedCardOf(store, order).value(),
            {"superseded", bothOf(approval),
             approval.why + "; the codes of letter " + approval.subject +
                 " may have been seen, by approval " + approval.id,
             Replacement::Wanted});
}

void expectDestructible(Store& store, const Approval& approval) {
    auto rows = store.select("SELECT state FROM cards WHERE serial=?", approval.subject);
    if (!rows.moveFirst()) refuse("no card " + approval.subject + " is known");
    const auto state = cardStateNamed(textAt(rows, "state"));
    if (mayBecome(state, CardState::Destroyed)) return;
    refuse("card " + approval.subject + " is " + std::string{nameOf(state)} +
           (mayBecome(state, CardState::Revoked)
                ? ": revoke it first, so that nobody believes it while it is destroyed"
                : ": only a card that is spoiled or revoked is destroyed"));
}

void destroyApproved(Store& store, const Approval& approval) {
    store.moveCard(ChipSerial{approval.subject}, CardState::Destroyed, approval.why);
    store.appendAudit(bothOf(approval), "card destroyed", approval.subject,
                      approval.why + "; by approval " + approval.id);
}

}  // namespace zegel::station
