#include "station/api/waiting.h"

#include "station/api/four_eyes.h"
#include "station/api/views.h"
#include "station/report/ledger_report.h"

#include <set>

namespace zegel::station {
namespace {

using Poco::JSON::Array;
using Poco::JSON::Object;

Array ordersOnHold(Ledger& ledger, std::size_t limit) {
    Array list;
    for (const auto& entry : ledger.ordersIn(OrderState::OnHold, limit))
        list.add(orderOf(entry.order.batch, statusOf(entry)));
    return list;
}

/// The order system corrects them and sends them again. The newest batch first.
Array ordersRejected(Ledger& ledger, TimePoint since, std::size_t limit) {
    Array list;
    const auto batches = ledger.batches();
    for (auto batch = batches.rbegin(); batch != batches.rend(); ++batch) {
        if (batch->accepted < since || list.size() == limit) break;
        if (batch->refused == 0) continue;
        for (const auto& refused : ledger.refusedAfter(batch->id, 0, limit - list.size()))
            list.add(orderOf(batch->id, statusOf(refused, batch->accepted)));
    }
    return list;
}

Array cardsWaiting(Ledger& ledger, std::size_t limit) {
    Array list;
    for (const auto state : {CardState::Spoiled, CardState::Returned}) {
        for (const auto& card : ledger.cardsIn(state, limit))
            list.add(viewOf(card));
    }
    return list;
}

/// Until they expire, whether anybody looked or not.
Array approvalsWaiting(Ledger& ledger, TimePoint now, std::size_t limit,
                       const std::function<bool(const Approval&)>& tellsOf) {
    Array list;
    std::int64_t after = 0;
    while (list.size() < limit) {
        const auto page = ledger.approvals().approvals(ApprovalState::Open, after, limit);
        for (const auto& approval : page) {
            const bool told = approval.expires > now && (!tellsOf || tellsOf(approval));
            if (told && list.size() < limit) list.add(viewOf(approval));
        }
        if (page.size() < limit) break;
        after = page.back().row;
    }
    return list;
}

/// Somebody looks, decides whether they are printed once more, or tells that they were posted.
Array lettersWaiting(Ledger& ledger, std::size_t limit, TimePoint untoldSince) {
    Array list;
    std::set<LetterId> listed;
    const auto add = [&](std::vector<LetterEntry> letters, bool givenBack = false) {
        for (auto& letter : letters) {
            if (!listed.insert(letter.letter).second) continue;
            auto view = viewOf(LetterDesk::Shown{std::move(letter), {}, {}});
            if (givenBack) view.set("givenBack", true);
            list.add(view);
        }
    };
    for (const auto state :
         {LetterState::PrintedUncertain, LetterState::Spoiled, LetterState::Returned}) {
        add(ledger.letters().letters(state, 0, limit));
    }
    add(ledger.letters().givenBack(limit), true);
    add(ledger.letters().untold(untoldSince, limit));
    return list;
}

}  // namespace

Object viewOf(const WaitedFor& waited) {
    auto view = inOrder();
    view.set("what", waited.what);
    view.set("since", toRfc3339(waited.since));
    if (waited.nextTry) view.set("nextTry", toRfc3339(*waited.nextTry));
    view.set("reason", waited.reason);
    return view;
}

Object viewOf(const RefusedFile& file) {
    auto view = inOrder();
    view.set("kind", file.kind);
    view.set("file", file.file.string());
    view.set("reason", file.reason);
    return view;
}

bool asksForAPerson(const Object& reader) {
    const auto state = reader.getValue<std::string>("state");
    if (state == nameOf(ReaderStatus::State::Attention)) return true;
    return state == nameOf(ReaderStatus::State::Paused) &&
           reader.optValue<std::string>("fault", "") != zegel::nameOf(Fault::AuthorityUnavailable);
}

Array readersWaiting(const Array& readers) {
    Array waiting;
    for (const auto& reader : readers) {
        // What was read holds pointers, what was put together holds values.
        const auto view = reader.type() == typeid(Object::Ptr) ? *reader.extract<Object::Ptr>()
                                                               : reader.extract<Object>();
        if (asksForAPerson(view)) waiting.add(reader);
    }
    return waiting;
}

Object exceptionsShown(Ledger& ledger, TimePoint now, std::size_t limit,
                       const KnownBeside& beside) {
    auto view = inOrder();
    view.set("waitedFor", beside.waitedFor);
    view.set("orders", ordersOnHold(ledger, limit));
    view.set("rejected", ordersRejected(ledger, now - RejectedShownFor, limit));
    view.set("certificates", beside.certificates);
    view.set("cards", cardsWaiting(ledger, limit));
    view.set("readers", readersWaiting(beside.readers));
    view.set("letters", lettersWaiting(ledger, limit, now - beside.lettersToldWithin));
    view.set("receipts", viewsOf(ledger.dispatches().overdue(limit)));
    view.set("approvals", approvalsWaiting(ledger, now, limit, beside.tellsOf));
    view.set("files", beside.files);
    return view;
}

}  // namespace zegel::station
