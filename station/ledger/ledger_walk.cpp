#include "station/ledger/ledger.h"
#include "station/ledger/store.h"

namespace zegel::station {
namespace {

void intend(Store& store, const Claim& claim, std::string_view act) {
    store.execute("INSERT INTO intents(order_id, letter, chip, act, at) VALUES(?,?,?,?,?)",
                  claim.order.id.value(), claim.letter.value(), claim.chip.serial.value(), act,
                  store.now());
}

/// Something of this claim is in the ledger from here on, in this state.
void tellBegun(Store& store, const Claim& claim, std::string_view kind, const std::string& subject,
               std::string_view state, std::string_view purpose = {}) {
    EventEntry event;
    event.kind = kind;
    event.subject = subject;
    event.batch = claim.order.batch.value();
    event.order = claim.order.id.value();
    event.after = state;
    event.chip = claim.chip.serial.value();
    event.number = claim.number.value();
    event.name = claim.order.subject.group;
    event.purpose = purpose;
    store.tell(event);
}

}  // namespace

void Ledger::intendKeys(const Claim& claim) {
    store_->whole([&] { intend(*store_, claim, "keys"); });
}

CertificateRow Ledger::intendCertificate(const Claim& claim, Purpose purpose, ByteView transaction,
                                         ByteView request) {
    return store_->whole([&] {
        store_->execute(
            "INSERT INTO certificates(order_id, letter, chip, purpose, state, transaction_id, "
            "request, changed) VALUES(?,?,?,?,?,?,?,?)",
            claim.order.id.value(), claim.letter.value(), claim.chip.serial.value(),
            nameOf(purpose), nameOf(CertificateState::Asked), transaction, request, store_->now());
        const auto row = store_->lastRow();
        tellBegun(*store_, claim, "certificate", std::to_string(row),
                  nameOf(CertificateState::Asked), nameOf(purpose));
        return row;
    });
}

void Ledger::recordIssued(CertificateRow row, const CertificateReceived& received) {
    store_->whole([&] {
        store_->execute(
            "UPDATE certificates SET der=?, serial=?, not_before=?, not_after=? WHERE row=?",
            received.der, received.serial, received.notBefore.time_since_epoch().count(),
            received.notAfter.time_since_epoch().count(), row);
        store_->moveCertificate(row, CertificateState::Issued);
    });
}

void Ledger::recordNotIssued(CertificateRow row) {
    store_->whole([&] { store_->moveCertificate(row, CertificateState::NotIssued); });
}

void Ledger::intendGuard(const Claim& claim) {
    store_->whole([&] {
        intend(*store_, claim, "guard");
        store_->moveCard(claim.chip.serial, CardState::Personalised, "");
    });
}

void Ledger::holdLetter(const Claim& claim, ByteView sealedCodes, std::string_view revocationHash) {
    store_->whole([&] {
        store_->execute(
            "INSERT INTO letters(id, order_id, place, state, sealed, revocation_hash, changed) "
            "SELECT ?, id, rowid, ?, ?, ?, ? FROM orders WHERE id=?",
            claim.letter.value(), nameOf(LetterState::Held), sealedCodes, revocationHash,
            store_->now(), claim.order.id.value());
        tellBegun(*store_, claim, "letter", claim.letter.value(), nameOf(LetterState::Held));
    });
}

void Ledger::finish(const Claim& claim, std::string_view proof) {
    store_->whole([&] {
        auto issued = store_->select(
            "SELECT row FROM certificates WHERE order_id=? AND letter=? AND state=? ORDER BY row",
            claim.order.id.value(), claim.letter.value(), nameOf(CertificateState::Issued));
        for (bool more = issued.moveFirst(); more; more = issued.moveNext())
            store_->moveCertificate(numberAt(issued, "row"), CertificateState::Confirmed);
        store_->execute("INSERT INTO proofs(letter, order_id, record, at) VALUES(?,?,?,?)",
                        claim.letter.value(), claim.order.id.value(), proof, store_->now());
        store_->moveCard(claim.chip.serial, CardState::Proved, "");
        store_->moveOrder(claim.order.id, OrderState::Produced, "");
        store_->appendAudit("station", "card produced", claim.order.id.value(),
                            claim.chip.serial.value() + " as " + claim.number.value());
    });
}

std::optional<std::string> Ledger::proof(const OrderId& order) {
    return store_->whole([&]() -> std::optional<std::string> {
        auto rows = store_->select(
            "SELECT p.record FROM proofs p JOIN orders o ON o.letter=p.letter WHERE o.id=?",
            order.value());
        if (!rows.moveFirst()) return std::nullopt;
        return textAt(rows, "record");
    });
}

Milestone Ledger::milestone(const Claim& claim) {
    return store_->whole([&] {
        auto certificates = store_->select(
            "SELECT 1 FROM certificates WHERE letter=? AND state NOT IN (?,?) LIMIT 1",
            claim.letter.value(), nameOf(CertificateState::Asked),
            nameOf(CertificateState::NotIssued));
        if (certificates.moveFirst()) return Milestone::CertificateIssued;
        auto intents =
            store_->select("SELECT 1 FROM intents WHERE letter=? LIMIT 1", claim.letter.value());
        return intents.moveFirst() ? Milestone::ChipChanged : Milestone::NothingIrreversible;
    });
}

}  // namespace zegel::station
