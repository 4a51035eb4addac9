#include "station/desk/dispatch_desk.h"

#include <algorithm>
#include <array>

namespace zegel::station {
namespace {

using cardprofiles::Profile;
using cardprofiles::ReleaseRule;
using std::chrono::days;

constexpr std::size_t AtOnce = 100;

/// "2026-12-31", in the world's time.
std::string dayOf(TimePoint time) {
    return toRfc3339(time).substr(0, 10);
}

std::string receiveBy(const Profile& profile, TimePoint dispatched) {
    if (profile.release != ReleaseRule::AfterReceipt) return {};
    return dayOf(dispatched + days{profile.receiptDeadlineDays});
}

/// Short enough for paper, without what no line holds.
/// Their card may be finished between our look and the ledger's: it would go without its papers.
constexpr std::array NotMadeYet{OrderState::Accepted, OrderState::Queued, OrderState::InProduction,
                                OrderState::OnHold};

std::string asOneLine(std::string text) {
    constexpr std::size_t Longest = 600;
    const auto isContinued = [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    };
    if (text.size() > Longest) {
        auto end = Longest;
        while (end > 0 && isContinued(text[end]))
            --end;
        text.resize(end);
    }
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    return text.empty() ? "no reason was told" : text;
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
        note.receiveBy = receiveBy(profile, clock_.now());
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

std::size_t DispatchDesk::tick() {
    std::size_t overdue = 0;
    for (const auto& [name, profile] : profiles_) {
        if (profile.release != ReleaseRule::AfterReceipt) continue;
        remindReceivers(profile);
        overdue += callOverdue(profile);
    }
    noteRejections();
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

void DispatchDesk::noteRejections() {
    if (!notes_.makesNotes()) return;
    for (const auto& id : ledger_.dispatches().toReject(AtOnce)) {
        const auto order = ledger_.order(id);
        if (!order) continue;
        const auto notices =
            notes_.noteIfFit(*order, seal::NoteKind::RejectionNotice,
                             [&](seal::Note& note) { note.reason = asOneLine(order->reason); });
        for (const auto& notice : notices)
            ledger_.dispatches().addNote(id, notice);
        if (notices.empty()) {
            ledger_.dispatches().doWithoutNote(id, nameOf(seal::NoteKind::RejectionNotice));
        }
    }
}

}  // namespace zegel::station
