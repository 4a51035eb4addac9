#include "drivers/base/hex.h"
#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

#include <algorithm>

namespace zegel::station {
namespace {

/// Errors: RequestRefused when the ledger knows that serial already.
void expectUnknown(Store& store, const std::string& serial) {
    auto rows = store.select(
        "SELECT order_id FROM certificates WHERE ltrim(serial,'0')=ltrim(?,'0')", serial);
    if (!rows.moveFirst()) return;
    throw Failure{Fault::RequestRefused,
                  "certificate " + serial + " is known already, of order " +
                      textAt(rows, "order_id") +
                      ": it is another one; look again which was issued under the transaction"};
}

bool isOnRecord(Store& store, const DoubtVerdict& verdict, const std::string& act) {
    auto rows = store.select("SELECT 1 FROM audit WHERE who=? AND act=? AND subject=? AND why=?",
                             verdict.by, act, verdict.transaction, verdict.why);
    return rows.moveFirst();
}

}  // namespace

std::vector<CertificateInDoubt> Ledger::certificatesInDoubt() {
    return store_->whole([&] {
        std::vector<CertificateInDoubt> doubts;
        auto rows = store_->select(
            "SELECT o.*, NULL AS letter_state, c.row AS row, c.purpose AS purpose, "
            "c.transaction_id AS transaction_id, c.request AS request FROM certificates c "
            "JOIN orders o ON o.id=c.order_id "
            "WHERE c.state=? AND (o.letter IS NULL OR o.letter<>c.letter) ORDER BY c.row",
            nameOf(CertificateState::Asked));
        for (bool more = rows.moveFirst(); more; more = rows.moveNext()) {
            doubts.push_back({numberAt(rows, "row"), orderAt(rows).order,
                              purposeNamed(textAt(rows, "purpose")).value_or(Purpose::Authenticity),
                              bytesAt(rows, "transaction_id"), bytesAt(rows, "request")});
        }
        return doubts;
    });
}

void Ledger::recordIssuedInVain(CertificateRow row, const CertificateReceived& received) {
    store_->whole([&] {
        store_->execute(
            "UPDATE certificates SET der=?, serial=?, not_before=?, not_after=? WHERE row=?",
            received.der, received.serial, received.notBefore.time_since_epoch().count(),
            received.notAfter.time_since_epoch().count(), row);
        store_->moveCertificate(row, CertificateState::RevocationWanted);
    });
}

void Ledger::settleDoubt(const DoubtVerdict& verdict) {
    const auto act = verdict.serial ? "doubt settled: issued as " + *verdict.serial
                                    : "doubt settled: not issued";
    store_->whole([&] {
        const auto refuse = [&](const std::string& why) {
            throw Failure{Fault::RequestRefused, "the certificate asked for under transaction " +
                                                     verdict.transaction + " " + why};
        };
        if (store_->decidedBefore("verdict " + verdict.id,
                                  {verdict.transaction, act, verdict.by, verdict.why})) {
            return;
        }
        auto rows = store_->select(
            "SELECT c.row AS row, c.state AS state, c.letter=coalesce(o.letter,'') AS under_way "
            "FROM certificates c JOIN orders o ON o.id=c.order_id WHERE c.transaction_id=?",
            fromHex(verdict.transaction).value_or(Bytes{}));
        if (!rows.moveFirst()) refuse("is not known: see `zegel status` for those in doubt");
        if (const auto state = textAt(rows, "state"); state != nameOf(CertificateState::Asked)) {
            if (isOnRecord(*store_, verdict, act)) return;  // the same verdict came again
            refuse("is " + state + ", not in doubt: there is nothing to settle");
        }
        if (numberAt(rows, "under_way") != 0) refuse("is still waited for: its card is being made");
        const auto row = numberAt(rows, "row");
        if (verdict.serial) {
            expectUnknown(*store_, *verdict.serial);
            store_->execute("UPDATE certificates SET serial=? WHERE row=?", *verdict.serial, row);
            store_->moveCertificate(row, CertificateState::RevocationWanted);
        } else {
            store_->moveCertificate(row, CertificateState::NotIssued);
        }
        store_->appendAudit(verdict.by, act, verdict.transaction, verdict.why);
    });
}

int Ledger::countUnanswered(const Claim& claim) {
    return store_->whole([&] {
        auto asked = store_->select("SELECT 1 FROM certificates WHERE letter=? AND state<>?",
                                    claim.letter.value(), nameOf(CertificateState::NotIssued));
        if (asked.moveFirst()) {
            store_->execute("UPDATE orders SET unanswered=unanswered+1 WHERE id=?",
                            claim.order.id.value());
        }
        auto rows =
            store_->select("SELECT unanswered FROM orders WHERE id=?", claim.order.id.value());
        return rows.moveFirst() ? static_cast<int>(numberAt(rows, "unanswered")) : 0;
    });
}

}  // namespace zegel::station
