#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "station/ledger/ledger.h"
#include "station/ledger/store.h"
#include "station/orders/certificate_number.h"

#include <chrono>

namespace zegel::station {
namespace {

constexpr std::size_t LetterIdOctets = 10;

/// Row of the order that has waited longest: of one batch, or of all. Asked profile by profile,
/// because only then an index gives it without sorting all that wait.
std::optional<std::int64_t> firstQueued(Connection& store, std::span<const std::string> profiles,
                                        const std::optional<BatchId>& only) {
    std::optional<std::int64_t> first;
    for (const auto& profile : profiles) {
        auto rows =
            only ? store.select(
                       "SELECT rowid AS row FROM orders WHERE batch=? AND state='queued' AND "
                       "profile=? ORDER BY position LIMIT 1",
                       only->value(), profile)
                 : store.select(
                       "SELECT rowid AS row FROM orders WHERE state='queued' AND profile=? "
                       "ORDER BY rowid LIMIT 1",
                       profile);
        if (!rows.moveFirst()) continue;
        const auto row = numberAt(rows, "row");
        if (!first || row < *first) first = row;
    }
    return first;
}

CertificateNumber nextNumber(Store& store, std::string_view prefix) {
    const auto today = std::chrono::floor<std::chrono::days>(store.clock.now());
    const auto year = static_cast<int>(std::chrono::year_month_day{today}.year());
    store.execute("INSERT OR IGNORE INTO numbers(year, last) VALUES(?, 0)", year);
    store.execute("UPDATE numbers SET last=last+1 WHERE year=?", year);
    auto rows = store.select("SELECT last FROM numbers WHERE year=?", year);
    return certificateNumber(prefix, year, static_cast<unsigned>(numberAt(rows, "last")));
}

/// The order's last number again when it is certain that no certificate came of that try.
CertificateNumber numberFor(Store& store, const OrderId& order, std::string_view prefix) {
    auto rows = store.select(
        "SELECT spare_number FROM orders o WHERE id=? AND spare_number IS NOT NULL AND NOT EXISTS("
        "SELECT 1 FROM certificates c WHERE c.letter=o.spare_letter AND c.state<>?)",
        order.value(), nameOf(CertificateState::NotIssued));
    if (!rows.moveFirst()) return nextNumber(store, prefix);
    const auto spare = textAt(rows, "spare_number");
    return spare.starts_with(std::string{prefix} + "-") ? CertificateNumber{spare}
                                                        : nextNumber(store, prefix);
}

void bindChip(Store& store, const ChipName& chip, const OrderId& order) {
    store.execute(
        "INSERT OR IGNORE INTO cards(serial, family, firmware, state, changed) VALUES(?,?,?,?,?)",
        chip.serial.value(), chip.family, chip.firmware, nameOf(CardState::Blank), store.now());
    store.execute("UPDATE cards SET order_id=? WHERE serial=?", order.value(), chip.serial.value());
    store.moveCard(chip.serial, CardState::Claimed, "");
}

}  // namespace

bool Ledger::anyQueued(std::span<const std::string> profiles, const std::optional<BatchId>& only) {
    return store_->reading(
        [&](Connection& beside) { return firstQueued(beside, profiles, only).has_value(); });
}

std::optional<Claim> Ledger::claim(const ChipName& chip, std::span<const std::string> profiles,
                                   std::string_view prefix, const std::optional<BatchId>& only) {
    return store_->whole([&]() -> std::optional<Claim> {
        const auto first = firstQueued(*store_, profiles, only);
        if (!first) return std::nullopt;
        auto rows = store_->select(std::string{OrderColumns} + "WHERE o.rowid=?", *first);
        rows.moveFirst();
        const auto entry = orderAt(rows);
        Claim claim{entry.order, chip, numberFor(*store_, entry.order.id, prefix),
                    LetterId{toHex(randomBytes(LetterIdOctets))}};
        store_->execute(
            "UPDATE orders SET chip=?, number=?, letter=?, attempts=attempts+1 WHERE id=?",
            chip.serial.value(), claim.number.value(), claim.letter.value(),
            entry.order.id.value());
        store_->moveOrder(entry.order.id, OrderState::InProduction, "");
        bindChip(*store_, chip, entry.order.id);
        return claim;
    });
}

}  // namespace zegel::station
