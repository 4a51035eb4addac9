#include "drivers/base/certificate_facts.h"
#include "drivers/base/hex.h"
#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

namespace zegel::station {
namespace {

/// One certificate asked for, as a verdict finds it.
struct Doubted {
    CertificateRow row = 0;
    CertificateState state{};
    bool underWay = false;
    Bytes request;
    Bytes der;
    std::string serial;
    std::string transaction;
};

constexpr const char* DoubtedColumns =
    "SELECT c.row AS row, c.state AS state, c.request AS request, c.der AS der, c.serial AS "
    "serial, "
    "c.transaction_id AS transaction_id, c.letter=coalesce(o.letter,'') AS under_way "
    "FROM certificates c JOIN orders o ON o.id=c.order_id ";

Doubted doubtedAt(Poco::Data::RecordSet& rows) {
    return {numberAt(rows, "row"),
            certificateStateNamed(textAt(rows, "state")),
            numberAt(rows, "under_way") != 0,
            bytesAt(rows, "request"),
            bytesAt(rows, "der"),
            textAt(rows, "serial"),
            toHex(bytesAt(rows, "transaction_id"))};
}

/// Errors: RequestRefused when the ledger knows that serial of another certificate.
void expectUnknown(Store& store, const std::string& serial, CertificateRow but) {
    auto rows = store.select(
        "SELECT order_id FROM certificates WHERE ltrim(serial,'0')=ltrim(?,'0') AND row<>?", serial,
        but);
    if (!rows.moveFirst()) return;
    throw Failure{Fault::RequestRefused,
                  "certificate " + serial + " is known already, of order " +
                      textAt(rows, "order_id") +
                      ": it is another one; look again which was issued under the transaction"};
}

bool isSame(Store& store, const std::string& serial, const std::string& other) {
    auto rows = store.select("SELECT 1 WHERE ltrim(?,'0')=ltrim(?,'0')", serial, other);
    return rows.moveFirst();
}

bool isRevoked(CertificateState state) noexcept {
    return state == CertificateState::Revoked || state == CertificateState::InCrl;
}

/// Whether what the ledger holds of it is a person's word, not the CA's.
bool wasSettledByAPerson(Store& store, const Doubted& doubted) {
    auto rows = store.select("SELECT 1 FROM audit WHERE subject=? AND act LIKE 'doubt settled:%'",
                             doubted.transaction);
    return doubted.der.empty() && rows.moveFirst();
}

[[noreturn]] void refuse(const DoubtVerdict& verdict, const std::string& why) {
    throw Failure{Fault::RequestRefused,
                  "the certificate asked for under transaction " + verdict.transaction + " " + why};
}

/// Errors: RequestRefused when that transaction is none of ours.
Doubted doubtedIn(Store& store, const DoubtVerdict& verdict) {
    auto rows = store.select(std::string{DoubtedColumns} + "WHERE c.transaction_id=?",
                             fromHex(verdict.transaction).value_or(Bytes{}));
    if (!rows.moveFirst()) refuse(verdict, "is not known: see `zegel status` for those in doubt");
    return doubtedAt(rows);
}

std::string notInDoubt(const Doubted& doubted) {
    return "is " + std::string{nameOf(doubted.state)} + ", not in doubt: ";
}

std::string findingOf(const DoubtVerdict& verdict) {
    const auto finding =
        verdict.serial ? "issued as " + *verdict.serial : std::string{"not issued"};
    return verdict.certificate.empty() ? finding : finding + ", by the certificate itself";
}

void keep(Store& store, CertificateRow row, const CertificateReceived& received) {
    store.execute("UPDATE certificates SET der=?, serial=?, not_before=?, not_after=? WHERE row=?",
                  received.der, received.serial, received.notBefore.time_since_epoch().count(),
                  received.notAfter.time_since_epoch().count(), row);
}

/// The certificate is there. Errors: RequestRefused when it holds another key than the one asked
/// for.
void keepProof(Store& store, const Doubted& doubted, const DoubtVerdict& verdict) {
    const auto certificate =
        openssl::certificateFromDer(verdict.certificate, Fault::RequestRefused);
    if (!openssl::holdsKeyOf(*certificate, doubted.request, Fault::RequestRefused)) {
        throw Failure{Fault::RequestRefused,
                      "certificate " + verdict.serial.value_or("") +
                          " does not hold the key that was asked for under transaction " +
                          verdict.transaction + ": it is another one; look again which was issued"};
    }
    keep(store, doubted.row,
         {verdict.certificate, openssl::serialOf(*certificate), openssl::notBeforeOf(*certificate),
          openssl::notAfterOf(*certificate)});
}

/// It is to be revoked. Errors: RequestRefused when it is another one, or is revoked already.
void callIssued(Store& store, const Doubted& doubted, const DoubtVerdict& verdict) {
    const auto& serial = *verdict.serial;
    expectUnknown(store, serial, doubted.row);
    if (isRevoked(doubted.state) && isSame(store, doubted.serial, serial)) {
        refuse(verdict, "is revoked already, as " + doubted.serial);
    }
    store.execute("UPDATE certificates SET serial=? WHERE row=?", serial, doubted.row);
    if (!verdict.certificate.empty()) keepProof(store, doubted, verdict);
    if (doubted.state == CertificateState::RevocationWanted) return;
    store.moveCertificate(doubted.row, CertificateState::RevocationWanted);
}

/// Errors: RequestRefused when a person said so before, or otherwise: a revocation is not called
/// off by one person's word.
void callNeverIssued(Store& store, const Doubted& doubted, const DoubtVerdict& verdict,
                     bool settledBefore) {
    if (!settledBefore) return store.moveCertificate(doubted.row, CertificateState::NotIssued);
    if (doubted.state == CertificateState::NotIssued) {
        refuse(verdict, notInDoubt(doubted) + "there is nothing to settle");
    }
    refuse(verdict, notInDoubt(doubted) + "it was found issued as " + doubted.serial +
                        "; if that was a slip, name the right serial or bring the certificate");
}

}  // namespace

std::vector<CertificateInDoubt> Ledger::certificatesInDoubt() {
    return store_->reading([&](Connection& beside) {
        std::vector<CertificateInDoubt> doubts;
        auto rows = beside.select(
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
        auto rows = store_->select(std::string{DoubtedColumns} + "WHERE c.row=?", row);
        if (!rows.moveFirst()) throw Failure{Fault::Defect, "a certificate is not in the ledger"};
        const auto before = doubtedAt(rows);
        const bool wasWrong = before.state != CertificateState::Asked &&
                              !isSame(*store_, before.serial, received.serial);
        keep(*store_, row, received);
        if (wasWrong) {
            store_->appendAudit("station", "verdict proved wrong: issued as " + received.serial,
                                before.transaction, "the CA handed the certificate over");
        }
        if (before.state == CertificateState::RevocationWanted) return;
        if (isRevoked(before.state) && !wasWrong) return;
        store_->moveCertificate(row, CertificateState::RevocationWanted);
    });
}

void Ledger::settleDoubt(const DoubtVerdict& verdict) {
    const auto finding = findingOf(verdict);
    store_->whole([&] {
        const auto act = "doubt settled: " + finding;
        if (store_->decidedBefore("verdict " + verdict.id,
                                  {verdict.transaction, act, verdict.by, verdict.why})) {
            return;
        }
        const auto doubted = doubtedIn(*store_, verdict);
        const bool again = wasSettledByAPerson(*store_, doubted);
        if (!again && doubted.state != CertificateState::Asked) {
            refuse(verdict, notInDoubt(doubted) + "there is nothing to settle");
        }
        if (!again && doubted.underWay) {
            refuse(verdict, "is still waited for: its card is being made");
        }
        if (verdict.serial) {
            callIssued(*store_, doubted, verdict);
        } else {
            callNeverIssued(*store_, doubted, verdict, again);
        }
        store_->appendAudit(verdict.by, again ? "verdict corrected: " + finding : act,
                            verdict.transaction, verdict.why);
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
