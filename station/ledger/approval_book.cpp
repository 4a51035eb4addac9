#include "station/ledger/approval_book.h"

#include "station/ledger/approved_acts.h"
#include "station/ledger/store.h"
#include "station/orders/certificate_number.h"

#include <utility>

namespace zegel::station {
namespace {

constexpr std::pair<ApprovalState, std::string_view> StateNames[]{
    {ApprovalState::Open, "open"},
    {ApprovalState::Granted, "granted"},
    {ApprovalState::Refused, "refused"},
    {ApprovalState::Expired, "expired"}};

ApprovalState stateAt(Poco::Data::RecordSet& rows) {
    const auto name = textAt(rows, "state");
    if (const auto state = approvalStateNamed(name)) return *state;
    throw Failure{Fault::LedgerUnwritable,
                  "the ledger holds the unknown state '" + name +
                      "' of an approval: it was written by another version of the station"};
}

Approval approvalAt(Poco::Data::RecordSet& rows) {
    Approval approval;
    approval.row = numberAt(rows, "row");
    approval.id = textAt(rows, "id");
    approval.act = textAt(rows, "act");
    approval.subject = textAt(rows, "subject");
    approval.detail = textAt(rows, "detail");
    approval.card = textAt(rows, "card");
    approval.asker = {textAt(rows, "asker"), textAt(rows, "asker_certificate")};
    approval.why = textAt(rows, "why");
    approval.at = timeAt(rows, "at");
    approval.expires = timeAt(rows, "expires");
    approval.state = stateAt(rows);
    if (auto certificate = textAt(rows, "second_certificate"); !certificate.empty()) {
        approval.second = Person{textAt(rows, "second"), certificate};
    }
    approval.answer = textAt(rows, "answer");
    if (!rows.value("ended").isEmpty()) approval.ended = timeAt(rows, "ended");
    return approval;
}

std::optional<Approval> named(Connection& connection, const std::string& id) {
    auto rows = connection.select("SELECT * FROM approvals WHERE id=?", id);
    if (!rows.moveFirst()) return std::nullopt;
    return approvalAt(rows);
}

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why};
}

void expectNamed(const Person& person) {
    if (!person.name.empty()) return;
    refuse("the certificate " + person.fingerprint +
           " names nobody; what needs two persons is asked and answered with certificates that "
           "have a common name");
}

/// Two persons who ask for the same would otherwise both wait, and be granted one after the other.
void expectNotAskedYet(Store& store, const ApprovalWish& wish) {
    const auto waiting = waitingApproval(store, wish.act, wish.subject, store.now());
    if (!waiting) return;
    refuse(wish.act + " of " + wish.subject +
           " is asked already and waits for a second person, as " + *waiting);
}

/// The end of RFC 3339's time: 9999-12-31T23:59:59Z.
constexpr std::int64_t Never = 253402300799;

void insert(Store& store, const ApprovalWish& wish, const ApprovedAct& act) {
    const auto now = store.now();
    const auto card = act.cardOf(store, wish.subject);
    store.execute(
        "INSERT INTO approvals(id, act, subject, detail, card, asker, asker_certificate, why, at, "
        "expires, state) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
        wish.id, wish.act, wish.subject, wish.detail, card, wish.asker.name, wish.asker.fingerprint,
        wish.why, now, act.expires ? now + wish.lasts.count() : Never, nameOf(ApprovalState::Open));
    store.appendAudit(whoIs(wish.asker), wish.act + " asked", wish.subject,
                      wish.why + (wish.detail.empty() ? "" : "; " + wish.detail) +
                          (card.empty() ? "" : "; card " + card) + "; approval " + wish.id +
                          ", with certificate " + wish.asker.fingerprint);
}

void expectOpen(Store& store, const Approval& approval) {
    if (approval.state != ApprovalState::Open) {
        refuse("approval " + approval.id + " is " + std::string{nameOf(approval.state)} +
               (approval.second           ? " by " + whoIs(*approval.second)
                : approval.answer.empty() ? ""
                                          : ", " + approval.answer) +
               ": nothing waits for an answer");
    }
    if (approval.expires.time_since_epoch().count() <= store.now()) {
        refuse("approval " + approval.id + " expired at " + toRfc3339(approval.expires) +
               "; let it be asked for anew");
    }
}

void expectAnother(const Approval& approval, const Person& second) {
    expectNamed(second);
    if (second.fingerprint != approval.asker.fingerprint &&
        !namesSame(second.name, approval.asker.name)) {
        return;
    }
    refuse("approval " + approval.id + " was asked for by " + whoIs(approval.asker) +
           "; it takes another person, with a certificate of his own, to grant it");
}

/// Both persons spoke of the card that there was; an order may have come by another one since.
void expectSameCard(const Approval& approval, const std::string& card) {
    if (approval.card.empty() || approval.card == card) return;
    refuse("approval " + approval.id + " was asked for card " + approval.card + ", and " +
           approval.subject + (card.empty() ? " has none" : " has card " + card) +
           " by now: refuse it, and ask anew if it is still wanted");
}

/// Whoever asked may take it back.
void end(Store& store, const Approval& approval, const ApprovalAnswer& answer) {
    const auto state = answer.grants ? ApprovalState::Granted : ApprovalState::Refused;
    store.execute(
        "UPDATE approvals SET state=?, second=?, second_certificate=?, answer=?, ended=? WHERE "
        "row=?",
        nameOf(state), answer.second.name, answer.second.fingerprint, answer.why, store.now(),
        approval.row);
    store.appendAudit(whoIs(answer.second), approval.act + " " + std::string{nameOf(state)},
                      approval.subject,
                      answer.why + "; approval " + approval.id + " of " + whoIs(approval.asker) +
                          ", with certificate " + answer.second.fingerprint);
}

}  // namespace

std::string_view nameOf(ApprovalState state) noexcept {
    for (const auto& [known, name] : StateNames) {
        if (known == state) return name;
    }
    return "unknown";
}

std::optional<ApprovalState> approvalStateNamed(std::string_view name) noexcept {
    for (const auto& [state, spelt] : StateNames) {
        if (spelt == name) return state;
    }
    return std::nullopt;
}

std::string whoIs(const Person& person) {
    return person.name.empty() ? person.fingerprint : person.name;
}

std::string bothOf(const Approval& approval) {
    return whoIs(approval.asker) + (approval.second ? " and " + whoIs(*approval.second) : "");
}

Approval ApprovalBook::ask(const ApprovalWish& wish) {
    return store_.whole([&] {
        const auto& act = approvedActNamed(wish.act);
        if (store_.decidedBefore("approval " + wish.id,
                                 {wish.act, wish.subject, wish.detail, wish.asker.name,
                                  wish.asker.fingerprint, wish.why})) {
            return named(store_, wish.id).value();
        }
        expectNamed(wish.asker);
        Approval asked;
        asked.id = wish.id;
        asked.act = wish.act;
        asked.subject = wish.subject;
        asked.detail = wish.detail;
        asked.asker = wish.asker;
        act.expectPossible(store_, asked);
        expectNotAskedYet(store_, wish);
        insert(store_, wish, act);
        return named(store_, wish.id).value();
    });
}

Approval ApprovalBook::answer(const ApprovalAnswer& answer) {
    return store_.whole([&] {
        auto approval = named(store_, answer.approval);
        if (!approval) refuse("no approval " + answer.approval + " is known");
        if (store_.decidedBefore("approval answer " + answer.id,
                                 {answer.approval, answer.grants ? "grant" : "refuse",
                                  answer.second.name, answer.second.fingerprint, answer.why})) {
            return *approval;
        }
        expectOpen(store_, *approval);
        if (answer.grants) {
            expectAnother(*approval, answer.second);
            const auto& act = approvedActNamed(approval->act);
            act.expectPossible(store_, *approval);
            expectSameCard(*approval, act.cardOf(store_, approval->subject));
            end(store_, *approval, answer);
            approval->second = answer.second;
            act.perform(store_, *approval);
        } else {
            end(store_, *approval, answer);
        }
        return named(store_, answer.approval).value();
    });
}

std::optional<Approval> ApprovalBook::approval(const std::string& id) {
    return store_.reading([&](Connection& beside) { return named(beside, id); });
}

std::vector<Approval> ApprovalBook::approvals(std::optional<ApprovalState> state,
                                              std::int64_t after, std::size_t limit) {
    return store_.reading([&](Connection& beside) {
        if (!state) {
            return allOf(beside.select("SELECT * FROM approvals WHERE row>? ORDER BY row LIMIT ?",
                                       after, limit),
                         approvalAt);
        }
        return allOf(
            beside.select("SELECT * FROM approvals WHERE state=? AND row>? ORDER BY row LIMIT ?",
                          nameOf(*state), after, limit),
            approvalAt);
    });
}

std::size_t ApprovalBook::expire() {
    const auto over = [this](Connection& connection) {
        return allOf(connection.select("SELECT * FROM approvals WHERE state=? AND expires<=?",
                                       nameOf(ApprovalState::Open), store_.now()),
                     approvalAt);
    };
    if (store_.reading(over).empty()) return 0;
    return store_.whole([&] {
        const auto expired = over(store_);
        for (const auto& approval : expired) {
            store_.execute("UPDATE approvals SET state=?, ended=? WHERE row=?",
                           nameOf(ApprovalState::Expired), store_.now(), approval.row);
            store_.appendAudit("station", approval.act + " expired", approval.subject,
                               "nobody answered approval " + approval.id + " of " +
                                   whoIs(approval.asker) + " in time");
        }
        return expired.size();
    });
}

}  // namespace zegel::station
