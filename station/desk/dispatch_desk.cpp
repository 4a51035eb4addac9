#include "station/desk/dispatch_desk.h"

#include "station/orders/paper_room.h"

#include <algorithm>
#include <array>

namespace zegel::station {
namespace {

using cardprofiles::Profile;
using cardprofiles::ReleaseRule;
using std::chrono::days;

/// "2026-12-31", in the world's time.
std::string dayOf(TimePoint time) {
    return toRfc3339(time).substr(0, 10);
}

std::string receiveBy(const Profile& profile, TimePoint dispatched) {
    if (profile.release != ReleaseRule::AfterReceipt) return {};
    return dayOf(dispatched + days{profile.receiptDeadlineDays});
}

/// Their card may be finished between our look and the ledger's: it would go without its papers.
constexpr std::array NotMadeYet{OrderState::Accepted, OrderState::Queued, OrderState::InProduction,
                                OrderState::OnHold};

/// A token on loan holds the certificate that it is lent for.
void expectLendable(const OrderEntry& order, const Profile& profile, const Dispatch& dispatch) {
    const bool isCard = profile.carrier == cardprofiles::Carrier::SmartCard;
    if (!dispatch.loan || dispatch.loan->kind != "token" || !isCard) return;
    throw Failure{Fault::RequestRefused,
                  "order " + order.order.id.value() +
                      " is of a smart card, and its loan note would say that its certificate is on "
                      "the token: lend a reader with it"};
}

/// Its letter went out, with an earlier dispatch of this card.
bool hasItsLetter(const OrderEntry& order) {
    return order.letterState == LetterState::Printed || order.letterState == LetterState::Posted;
}

}  // namespace

Ledger::Settlement DispatchDesk::dispatch(const Dispatch& dispatch) {
    const auto order = ledger_.order(dispatch.order);
    if (!order) {
        throw Failure{Fault::RequestRefused, "no order " + dispatch.order.value() + " is known"};
    }
    if (std::ranges::find(NotMadeYet, order->state) != NotMadeYet.end()) {
        throw Failure{Fault::RequestRefused, "order " + dispatch.order.value() + " is " +
                                                 std::string{nameOf(order->state)} +
                                                 ": only one that is produced can be dispatched"};
    }
    std::vector<NoteText> notes;
    bool releasing = false;
    if (order->state == OrderState::Produced) {  // the ledger refuses every later one
        const auto& profile = profileOf(*order);
        releasing = profile.release == ReleaseRule::AfterDispatch;
        if (releasing && order->letterState == LetterState::Held) letters_.expectFit(*order);
        expectLendable(*order, profile, dispatch);
        notes = notesFor(*order, profile, dispatch);
    }
    const auto settlement = ledger_.dispatches().dispatch(dispatch, releasing, notes);
    notes_.write();
    letters_.layOut();
    return settlement;
}

const Profile& DispatchDesk::profileOf(const OrderEntry& order) const {
    const auto profile = profiles_.find(order.order.profile);
    if (profile != profiles_.end()) return profile->second;
    throw Failure{Fault::RequestRefused, "the profile " + order.order.profile + " of order " +
                                             order.order.id.value() +
                                             " is no longer offered; put it back"};
}

/// One that travels with the card, and another for what is lent with it.
std::vector<NoteText> DispatchDesk::notesFor(const OrderEntry& order, const Profile& profile,
                                             const Dispatch& dispatch) const {
    const auto tellLoan = [&](seal::Note& note) {
        if (!dispatch.loan) return;
        note.loanKind = dispatch.loan->kind;
        note.loanSerial = dispatch.loan->serial;
    };
    auto notes = notes_.noteFor(order, seal::NoteKind::DispatchNote, [&](seal::Note& note) {
        note.track = dispatch.track;
        if (order.chip) note.chipNumber = order.chip->value();
        if (!hasItsLetter(order)) note.receiveBy = receiveBy(profile, clock_.now());
        tellLoan(note);
    });
    if (!dispatch.loan) return notes;
    const auto loan = notes_.noteFor(order, seal::NoteKind::LoanNote, tellLoan);
    notes.insert(notes.end(), loan.begin(), loan.end());
    return notes;
}

Ledger::Settlement DispatchDesk::cardReturned(const Arrival& arrival) {
    return ledger_.dispatches().cardReturned(arrival);
}

Ledger::Settlement DispatchDesk::loanReturned(const Arrival& arrival) {
    return ledger_.dispatches().loanReturned(arrival);
}

Ledger::Settlement DispatchDesk::reject(const Decision& rejection) {
    const auto order = ledger_.order(rejection.order);
    const auto settlement = ledger_.decide(rejection, [&] {
        if (!notes_.makesNotes()) return std::vector<NoteText>{};
        if (order) return noticeOf(*order, rejection.why);
        throw Failure{Fault::RequestRefused,
                      "order " + rejection.order.value() + " came in just now: ask again"};
    });
    notes_.write();
    return settlement;
}

/// Of an order that a person rejects, who can still write another reason.
std::vector<NoteText> DispatchDesk::noticeOf(const OrderEntry& order,
                                             const std::string& reason) const {
    constexpr const char* WithoutNotice = "; zegel order cancel ends it without a notice";
    const auto profile = profiles_.find(order.order.profile);
    if (profile == profiles_.end()) {
        throw Failure{Fault::RequestRefused, "no notice can be made of order " +
                                                 order.order.id.value() + ": its profile " +
                                                 order.order.profile + " is no longer offered" +
                                                 WithoutNotice};
    }
    const auto why = whyNoNoticeSays(reason, profile->second.letterCharacters);
    if (!why.empty()) throw Failure{Fault::OrderUnusable, "the reason " + why};
    try {
        return notes_.noteFor(order, seal::NoteKind::RejectionNotice,
                              [&](seal::Note& note) { note.reason = reason; });
    } catch (const Failure& failure) {
        if (failure.fault() != Fault::LetterUnusable) throw;
        throw Failure{Fault::RequestRefused, failure.what() + std::string{WithoutNotice}};
    }
}

std::size_t DispatchDesk::tick() {
    std::size_t overdue = 0;
    for (const auto& [name, profile] : profiles_) {
        if (profile.release != ReleaseRule::AfterReceipt) continue;
        remindReceivers(profile);
        overdue += callOverdue(profile);
    }
    notes_.write();
    return overdue;
}

void DispatchDesk::remindReceivers(const Profile& profile) {
    if (!profile.receiptReminderDays) return;
    const auto latest = clock_.now() - days{*profile.receiptReminderDays};
    for (const auto& awaited : ledger_.dispatches().toRemind(profile.name, latest)) {
        const auto order = ledger_.order(awaited.order);
        if (!order) continue;
        ledger_.dispatches().remind(
            awaited.order,
            notes_.noteIfFit(*order, seal::NoteKind::Reminder, [&](seal::Note& note) {
                note.receiveBy = receiveBy(profile, awaited.dispatched);
            }));
    }
}

std::size_t DispatchDesk::callOverdue(const Profile& profile) {
    const auto latest = clock_.now() - days{profile.receiptDeadlineDays};
    const auto late = ledger_.dispatches().toCallOverdue(profile.name, latest);
    for (const auto& awaited : late) {
        ledger_.dispatches().callOverdue(
            awaited.order, "no receipt within " + std::to_string(profile.receiptDeadlineDays) +
                               " days: ask its receiver, or revoke the card");
    }
    return late.size();
}

}  // namespace zegel::station
