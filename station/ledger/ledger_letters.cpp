#include "station/ledger/ledger.h"
#include "station/ledger/letter_steps.h"

namespace zegel::station {

CertificateEntry certificateAt(Poco::Data::RecordSet& rows) {
    CertificateEntry entry;
    entry.row = numberAt(rows, "row");
    entry.order = OrderId{textAt(rows, "order_id")};
    entry.chip = ChipSerial{textAt(rows, "chip")};
    entry.purpose = purposeNamed(textAt(rows, "purpose")).value_or(Purpose::Authenticity);
    entry.state = certificateStateNamed(textAt(rows, "state"));
    entry.der = bytesAt(rows, "der");
    entry.serial = textAt(rows, "serial");
    entry.notBefore = timeAt(rows, "not_before");
    entry.notAfter = timeAt(rows, "not_after");
    entry.revocationReason = textAt(rows, "revocation_reason");
    entry.changed = timeAt(rows, "changed");
    return entry;
}

namespace {

std::optional<OrderEntry> firstOrder(Poco::Data::RecordSet rows) {
    if (!rows.moveFirst()) return std::nullopt;
    return orderAt(rows);
}

void insertReceipt(Store& store, const ReceiptEntry& receipt) {
    store.execute(
        "INSERT INTO receipts(id, name, number, given_by, accepted, outcome, order_id, at) "
        "VALUES(?,?,?,?,?,?,?,?)",
        receipt.id, receipt.name, receipt.number, receipt.by, receipt.accepted ? 1 : 0,
        receipt.outcome, receipt.order ? receipt.order->value() : std::string{}, store.now());
    const auto& bearer = receipt.bearer;
    const auto brought = bearer ? "; confirmed by " + receipt.by + ", brought with certificate " +
                                      bearer->fingerprint
                                : std::string{};
    store.appendAudit(bearer ? whoIs(*bearer) : receipt.by,
                      receipt.accepted ? "receipt accepted" : "receipt refused",
                      receipt.order ? receipt.order->value() : receipt.number,
                      receipt.outcome + brought);
}

/// Somebody else may have decided about it since it was looked at.
void expectAwaited(Store& store, const OrderId& order) {
    auto rows = store.select(
        "SELECT o.state, c.state AS card FROM orders o JOIN cards c ON c.serial=o.chip WHERE "
        "o.id=?",
        order.value());
    const bool awaited = rows.moveFirst() &&
                         mayBecome(orderStateNamed(textAt(rows, "state")), OrderState::Received) &&
                         mayBecome(cardStateNamed(textAt(rows, "card")), CardState::InUse);
    if (awaited) return;
    throw Failure{Fault::RequestRefused, "order " + order.value() +
                                             " changed while its receipt was taken: send the "
                                             "receipt once more"};
}

}  // namespace

std::vector<CertificateEntry> Ledger::certificates(const OrderId& order) {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM certificates WHERE order_id=? ORDER BY row",
                                   order.value()),
                     certificateAt);
    });
}

std::vector<CertificateEntry> Ledger::revocationsWanted() {
    return store_->reading([&](Connection& beside) {
        return allOf(beside.select("SELECT * FROM certificates WHERE state=? ORDER BY row",
                                   nameOf(CertificateState::RevocationWanted)),
                     certificateAt);
    });
}

bool Ledger::recordRevoked(CertificateRow row, std::string_view serial) {
    return store_->whole([&] {
        auto rows =
            store_->select("SELECT 1 FROM certificates WHERE row=? AND state=? AND serial=?", row,
                           nameOf(CertificateState::RevocationWanted), serial);
        if (!rows.moveFirst()) return false;
        store_->moveCertificate(row, CertificateState::Revoked);
        return true;
    });
}

std::optional<Bytes> Ledger::groupKey(std::string_view group, std::string_view profile) {
    return store_->whole([&]() -> std::optional<Bytes> {
        auto rows = store_->select(
            "SELECT wrapped FROM group_keys WHERE group_id=? AND profile=? AND wrapped IS NOT NULL",
            group, profile);
        if (!rows.moveFirst()) return std::nullopt;
        return bytesAt(rows, "wrapped");
    });
}

Bytes Ledger::keepGroupKey(std::string_view group, std::string_view profile, ByteView wrapped,
                           ByteView escrow) {
    return store_->whole([&]() -> Bytes {
        auto rows = store_->select(
            "SELECT wrapped FROM group_keys WHERE group_id=? AND profile=? AND wrapped IS NOT NULL",
            group, profile);
        if (rows.moveFirst()) return bytesAt(rows, "wrapped");
        auto last = store_->select("SELECT coalesce(max(at),0) AS last FROM group_keys");
        const auto at = std::max(store_->now(), numberAt(last, "last") + 1);
        store_->execute(
            "INSERT INTO group_keys(group_id, profile, wrapped, escrow, at) "
            "VALUES(?,?,?,?,?)",
            group, profile, wrapped, escrow, at);
        store_->appendAudit("station", "group key made", group, profile);
        return {wrapped.begin(), wrapped.end()};
    });
}

void Ledger::forgetFinishedGroupKeys() {
    store_->whole([&] {
        store_->execute(
            "UPDATE group_keys SET wrapped=NULL WHERE wrapped IS NOT NULL AND NOT EXISTS("
            "SELECT 1 FROM orders o WHERE group_keys.group_id IN "
            "('group '||o.group_id||' of '||o.kvk||' '||o.group_name, 'order '||o.id) AND "
            "o.profile=group_keys.profile "
            "AND o.state IN ('accepted','queued','in-production','on-hold'))");
    });
}

std::optional<OrderEntry> Ledger::orderByNumber(const CertificateNumber& number) {
    return store_->reading([&](Connection& beside) {
        return firstOrder(
            beside.select(std::string{OrderColumns} + "WHERE o.number=?", number.value()));
    });
}

std::optional<OrderEntry> Ledger::orderByCertificateSerial(std::string_view serial) {
    return store_->reading([&](Connection& beside) {
        return firstOrder(beside.select(std::string{OrderColumns} +
                                            "WHERE o.letter=(SELECT letter FROM certificates "
                                            "WHERE ltrim(serial,'0')=ltrim(?,'0') "
                                            "LIMIT 1)",
                                        serial));
    });
}

std::optional<OrderEntry> Ledger::orderByChip(const ChipSerial& chip) {
    return store_->reading([&](Connection& beside) {
        return firstOrder(
            beside.select(std::string{OrderColumns} + "WHERE o.chip=? LIMIT 1", chip.value()));
    });
}

std::optional<ReceiptEntry> Ledger::receipt(std::string_view id) {
    return store_->reading([&](Connection& beside) -> std::optional<ReceiptEntry> {
        auto rows = beside.select("SELECT * FROM receipts WHERE id=?", id);
        if (!rows.moveFirst()) return std::nullopt;
        ReceiptEntry entry{textAt(rows, "id"),
                           textAt(rows, "name"),
                           textAt(rows, "number"),
                           textAt(rows, "given_by"),
                           numberAt(rows, "accepted") != 0,
                           textAt(rows, "outcome"),
                           std::nullopt,
                           timeAt(rows, "at")};
        if (auto order = textAt(rows, "order_id"); !order.empty()) entry.order = OrderId{order};
        return entry;
    });
}

void Ledger::recordReceipt(const ReceiptEntry& receipt) {
    store_->whole([&] { insertReceipt(*store_, receipt); });
}

void Ledger::releaseByReceipt(const ReceiptEntry& receipt, const LetterId& letter) {
    store_->whole([&] {
        expectAwaited(*store_, *receipt.order);
        insertReceipt(*store_, receipt);
        store_->moveOrder(*receipt.order, OrderState::Received, "");
        if (stateOfLetter(*store_, letter) == LetterState::Held)
            releaseLetter(*store_, letter, "receipt " + receipt.id);
        auto chip = store_->select("SELECT chip FROM orders WHERE id=?", receipt.order->value());
        store_->moveCard(ChipSerial{textAt(chip, "chip")}, CardState::InUse, "");
    });
}

Bytes Ledger::sealedCodes(const LetterId& letter) {
    return store_->whole([&] {
        auto rows = store_->select("SELECT sealed FROM letters WHERE id=?", letter.value());
        auto sealed = rows.moveFirst() ? bytesAt(rows, "sealed") : Bytes{};
        if (sealed.empty()) {
            throw Failure{Fault::Defect,
                          "letter " + letter.value() + " has no sealed codes (any more)"};
        }
        return sealed;
    });
}

}  // namespace zegel::station
