#include "station/ledger/revocation_book.h"

#include "station/ledger/card_steps.h"
#include "station/ledger/dispatch_steps.h"

#include <algorithm>

namespace zegel::station {
namespace {

using std::chrono::seconds;

/// Of one card. The shortest code has 34 bits of chance (pinmailer/seal): two dozen tries a day.
constexpr std::int64_t FreeTries = 5;
constexpr seconds FirstPause{60};  ///< and twice as long each time
constexpr seconds LongestPause{3600};

/// Of one client, which speaks for many holders: a bucket that leaks, as large as a busy page
/// needs, so that whoever fills it through the page holds the others up for one drop at most.
constexpr std::int64_t ClientHolds = 1000;
constexpr seconds ClientLeaks{36};  ///< one

/// After so long without a wrong one. By then every bucket is empty too.
constexpr seconds Forgotten{86400};
static_assert(ClientHolds * ClientLeaks < Forgotten);

struct Tries {
    std::int64_t wrong = 0;
    std::int64_t last = 0;
};

/// One card has several numbers, and no more tries for that.
std::string keyOfCard(const CodeTry& attempt) {
    return attempt.order ? "order " + attempt.order->value() : "number " + attempt.number;
}

std::string keyOfClient(const CodeTry& attempt) {
    return "client " + attempt.client.fingerprint;
}

Tries triesOf(Store& store, const std::string& subject) {
    auto rows = store.select("SELECT wrong, last FROM code_tries WHERE subject=?", subject);
    if (!rows.moveFirst()) return {};
    return {numberAt(rows, "wrong"), numberAt(rows, "last")};
}

/// What is left in the bucket, and since when; a clock that was set back keeps nobody out.
Tries leaked(const Tries& tries, std::int64_t now) {
    if (tries.last > now) return {tries.wrong, now};
    const auto drops = (now - tries.last) / ClientLeaks.count();
    if (drops >= tries.wrong) return {0, now};
    return {tries.wrong - drops, tries.last + drops * ClientLeaks.count()};
}

/// When the next one for a card may be looked at.
std::int64_t nextOfCard(const Tries& tries, std::int64_t now) {
    if (tries.wrong < FreeTries || tries.last > now) return 0;
    constexpr std::int64_t MostDoublings = 16;
    const auto doublings = std::min(tries.wrong - FreeTries, MostDoublings);
    return tries.last + std::min(LongestPause.count(), FirstPause.count() << doublings);
}

std::int64_t nextOfClient(const Tries& left) {
    return left.wrong < ClientHolds ? 0 : left.last + ClientLeaks.count();
}

void keep(Store& store, const std::string& subject, const Tries& tries) {
    store.execute(
        "INSERT INTO code_tries(subject, wrong, last) VALUES(?,?,?) ON CONFLICT(subject) DO "
        "UPDATE SET wrong=excluded.wrong, last=excluded.last",
        subject, tries.wrong, tries.last);
}

[[noreturn]] void refuse(const std::string& why) {
    throw Failure{Fault::RequestRefused, why};
}

}  // namespace

std::optional<TimePoint> RevocationBook::countTry(const CodeTry& attempt) {
    return store_.whole([&]() -> std::optional<TimePoint> {
        const auto now = store_.now();
        store_.execute("DELETE FROM code_tries WHERE last<?", now - Forgotten.count());
        const auto ofCard = triesOf(store_, keyOfCard(attempt));
        const auto ofClient = leaked(triesOf(store_, keyOfClient(attempt)), now);
        const auto next = std::max(nextOfCard(ofCard, now), nextOfClient(ofClient));
        if (next > now) return TimePoint{seconds{next}};
        keep(store_, keyOfCard(attempt), {ofCard.wrong + 1, now});
        keep(store_, keyOfClient(attempt), {ofClient.wrong + 1, ofClient.last});
        return std::nullopt;
    });
}

void RevocationBook::recordWrong(const CodeTry& attempt) {
    store_.whole([&] {
        store_.appendAudit(whoIs(attempt.client), "revocation refused", attempt.number,
                           "number and code do not belong together; with certificate " +
                               attempt.client.fingerprint);
    });
}

Ledger::Settlement RevocationBook::revoke(const CardRevocation& revocation) {
    return store_.whole([&] {
        const auto& [id, order, reason, proof] = revocation;
        store_.execute("DELETE FROM code_tries WHERE subject=?", keyOfCard(proof));
        store_.execute("UPDATE code_tries SET wrong=wrong-1 WHERE subject=? AND wrong>0",
                       keyOfClient(proof));
        if (store_.decidedBefore("revocation " + id, {order.value(), reason, proof.number})) {
            return Ledger::Settlement::DoneBefore;
        }
        const auto issued = issuedCardOf(store_, order);
        if (!issued || issued->card == CardState::Revoked || issued->card == CardState::Destroyed) {
            return Ledger::Settlement::DoneBefore;
        }
        endCard(store_, order, *issued,
                {reason, whoIs(proof.client),
                 "with its revocation code, for " + proof.number + "; certificate " +
                     proof.client.fingerprint});
        return Ledger::Settlement::Done;
    });
}

Ledger::Settlement RevocationBook::recordUnblocked(std::string_view id, const ChipSerial& card,
                                                   const Person& by, std::string_view why) {
    return store_.whole([&] {
        if (store_.decidedBefore("unblocking " + std::string{id}, {card.value(), whoIs(by), why})) {
            return Ledger::Settlement::DoneBefore;
        }
        auto rows = store_.select(
            "SELECT state, coalesce(order_id,'') AS order_id FROM cards WHERE serial=?",
            card.value());
        if (!rows.moveFirst()) refuse("no card " + card.value() + " is known");
        const auto state = cardStateNamed(textAt(rows, "state"));
        if (state != CardState::InUse && state != CardState::Dispatched) {
            refuse("card " + card.value() + " is " + std::string{nameOf(state)} +
                   ": nobody has it who could have blocked its PIN");
        }
        auto event = eventOf(store_, OrderId{textAt(rows, "order_id")}, "pin", card.value());
        event.after = "unblocked";
        event.reason = why;
        store_.tell(event);
        store_.appendAudit(whoIs(by), "PIN unblocked", card.value(),
                           std::string{why} + "; with certificate " + by.fingerprint);
        return Ledger::Settlement::Done;
    });
}

std::string RevocationBook::hashOf(const LetterId& letter) {
    return store_.reading([&](Connection& beside) {
        auto rows = beside.select("SELECT revocation_hash FROM letters WHERE id=?", letter.value());
        return rows.moveFirst() ? textAt(rows, "revocation_hash") : std::string{};
    });
}

std::vector<CertificateEntry> RevocationBook::outsideCrl() {
    return store_.reading([&](Connection& beside) {
        // RFC 5280, 3.3: what has expired need not be listed any more
        return allOf(beside.select("SELECT * FROM certificates WHERE state=? AND "
                                   "(coalesce(not_after,0)=0 OR not_after>?) ORDER BY row",
                                   nameOf(CertificateState::Revoked), store_.now()),
                     certificateAt);
    });
}

bool RevocationBook::recordInCrl(CertificateRow row, std::string_view serial,
                                 std::string_view reason) {
    return store_.whole([&] {
        auto rows = store_.select("SELECT 1 FROM certificates WHERE row=? AND state=? AND serial=?",
                                  row, nameOf(CertificateState::Revoked), serial);
        if (!rows.moveFirst()) return false;
        store_.moveCertificate(row, CertificateState::InCrl, reason);
        return true;
    });
}

}  // namespace zegel::station
