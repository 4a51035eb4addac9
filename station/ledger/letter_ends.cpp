#include "station/ledger/letter_book.h"
#include "station/ledger/letter_steps.h"

namespace zegel::station {
namespace {

constexpr std::size_t AtOnce = 100;  // the line waits for one transaction

LetterId idAt(Poco::Data::RecordSet& rows) {
    return LetterId{textAt(rows, "id")};
}

}  // namespace

std::size_t LetterBook::destroy(TimePoint latest, std::string_view why) {
    std::size_t destroyed = 0;
    for (std::size_t some = AtOnce; some == AtOnce; destroyed += some) {
        some = store_.whole([&] {
            const auto letters = allOf(
                store_.select("SELECT id FROM letters WHERE state IN (?,?,?,?) AND changed<=? "
                              "ORDER BY rowid LIMIT ?",
                              nameOf(LetterState::Posted), nameOf(LetterState::Returned),
                              nameOf(LetterState::Spoiled), nameOf(LetterState::Expired),
                              latest.time_since_epoch().count(), AtOnce),
                idAt);
            for (const auto& letter : letters)
                destroyLetter(store_, letter, "station", why);
            return letters.size();
        });
    }
    return destroyed;
}

bool LetterBook::isToWithdraw(const LetterId& letter) {
    return store_.reading([&](Connection& beside) {
        return beside
            .select(
                "SELECT 1 FROM letters l WHERE l.id=? AND (l.state=? OR (l.state=? AND "
                "l.laid_out=1 AND l.taken_by='' AND EXISTS(SELECT 1 FROM orders o JOIN cards c ON "
                "c.serial=o.chip WHERE o.id=l.order_id AND o.letter=l.id AND c.state IN (?,?))))",
                letter.value(), nameOf(LetterState::Destroyed), nameOf(LetterState::Printing),
                nameOf(CardState::Revoked), nameOf(CardState::Destroyed))
            .moveFirst();
    });
}

void LetterBook::recordWithdrawn(const LetterId& letter) {
    constexpr std::string_view Why = "its card is revoked, and it still lay in the folder";
    store_.whole([&] {
        auto rows = store_.select(
            "SELECT 1 FROM letters WHERE id=? AND state=? AND laid_out=1 "
            "AND taken_by=''",
            letter.value(), nameOf(LetterState::Printing));
        if (!rows.moveFirst()) return;
        store_.moveLetter(letter, LetterState::Released, Why);
        destroyLetter(store_, letter, "station", Why);
    });
}

std::size_t LetterBook::expire() {
    return store_.whole([&] {
        const auto letters = allOf(
            store_.select("SELECT l.id FROM letters l WHERE l.state=? AND EXISTS(SELECT 1 FROM "
                          "certificates c WHERE c.letter=l.id) AND NOT EXISTS(SELECT 1 FROM "
                          "certificates c WHERE c.letter=l.id AND c.not_after>?) ORDER BY l.rowid",
                          nameOf(LetterState::Held), store_.now()),
            idAt);
        for (const auto& letter : letters) {
            constexpr std::string_view Why = "all certificates of its card have ended";
            store_.moveLetter(letter, LetterState::Expired, Why);
            store_.appendAudit("station", "letter expired", letter.value(), Why);
        }
        return letters.size();
    });
}

}  // namespace zegel::station
