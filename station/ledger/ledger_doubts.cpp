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

/// A revocation is not called off by one person's word.
std::string whyNotCalledNeverIssued(const Doubted& doubted) {
    const auto state = "is " + std::string{nameOf(doubted.state)} + ", not in doubt: ";
    if (doubted.state == CertificateState::NotIssued) return state + "there is nothing to settle";
    return state + "it was found issued as " + doubted.serial +
           "; if that was a slip, name the right serial or bring the certificate";
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
    const auto finding =
        verdict.serial ? "issued as " + *verdict.serial : std::string{"not issued"};
    const std::string proved = verdict.certificate.empty() ? "" : ", by the certificate itself";
    store_->whole([&] {
        const auto refuse = [&](const std::string& why) {
            throw Failure{Fault::RequestRefused, "the certificate asked for under transaction " +
                                                     verdict.transaction + " " + why};
        };
        const auto act = "doubt settled: " + finding + proved;
        if (store_->decidedBefore("verdict " + verdict.id,
                                  {verdict.transaction, act, verdict.by, verdict.why})) {
            return;
        }
        auto rows = store_->select(std::string{DoubtedColumns} + "WHERE c.transaction_id=?",
                                   fromHex(verdict.transaction).value_or(Bytes{}));
        if (!rows.moveFirst()) refuse("is not known: see `zegel status` for those in doubt");
        const auto doubted = doubtedAt(rows);
        const bool again = wasSettledByAPerson(*store_, doubted);
        if (doubted.state != CertificateState::Asked && !again) {
            refuse("is " + std::string{nameOf(doubted.state)} +
                   ", not in doubt: there is nothing to settle");
        }
        if (!again && doubted.underWay) refuse("is still waited for: its card is being made");
        if (verdict.serial) {
            expectUnknown(*store_, *verdict.serial, doubted.row);
            if (isRevoked(doubted.state) && isSame(*store_, doubted.serial, *verdict.serial)) {
                refuse("is revoked already, as " + doubted.serial);
            }
            store_->execute("UPDATE certificates SET serial=? WHERE row=?", *verdict.serial,
                            doubted.row);
            if (!verdict.certificate.empty()) keepProof(*store_, doubted, verdict);
            if (doubted.state != CertificateState::RevocationWanted) {
                store_->moveCertificate(doubted.row, CertificateState::RevocationWanted);
            }
        } else {
            if (again) refuse(whyNotCalledNeverIssued(doubted));
            store_->moveCertificate(doubted.row, CertificateState::NotIssued);
        }
        store_->appendAudit(verdict.by, again ? "verdict corrected: " + finding + proved : act,
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
