#include "station/ledger/letter_steps.h"

#include "drivers/base/hex.h"
#include "drivers/base/openssl.h"

namespace zegel::station {
namespace {

std::string sha256Of(ByteView octets) {
    Bytes digest(32);
    if (EVP_Digest(octets.data(), octets.size(), digest.data(), nullptr, EVP_sha256(), nullptr) !=
        1) {
        throw Failure{Fault::Defect, "OpenSSL makes no SHA-256"};
    }
    return toHex(digest);
}

/// `why` may be any person's words; `releasedBy` stands in the letter.
void markReleased(Store& store, const LetterId& letter, std::string_view why,
                  std::string_view releasedBy) {
    store.moveLetter(letter, LetterState::Released, why);
    store.execute(
        "UPDATE letters SET released_at=?, released_by=?, taken_id='', taken_by='', laid_out=0 "
        "WHERE id=?",
        store.now(), releasedBy, letter.value());
}

}  // namespace

std::optional<LetterState> stateOfLetter(Store& store, const LetterId& letter) {
    auto rows = store.select("SELECT state FROM letters WHERE id=?", letter.value());
    if (!rows.moveFirst()) return std::nullopt;
    return letterStateNamed(textAt(rows, "state"));
}

void releaseLetter(Store& store, const LetterId& letter, std::string_view evidence) {
    markReleased(store, letter, evidence, evidence);
}

void expectPrintableAgain(Store& store, const LetterId& letter) {
    auto rows = store.select("SELECT state, sealed IS NOT NULL AS sealed FROM letters WHERE id=?",
                             letter.value());
    const auto state = rows.moveFirst() ? textAt(rows, "state") : std::string{"not known"};
    const bool mayBePrintedAgain =
        state == nameOf(LetterState::Spoiled) || state == nameOf(LetterState::Returned);
    if (!mayBePrintedAgain) {
        throw Failure{Fault::RequestRefused,
                      "letter " + letter.value() + " is " + state +
                          ": only one that is spoiled or returned is printed once more"};
    }
    if (numberAt(rows, "sealed") == 0) {
        throw Failure{Fault::RequestRefused, "the sealed codes of letter " + letter.value() +
                                                 " are destroyed: it cannot be printed again"};
    }
}

void releaseAgain(Store& store, const LetterId& letter, std::string_view why) {
    expectPrintableAgain(store, letter);
    markReleased(store, letter, why, "reprint");
}

void destroyLetter(Store& store, const LetterId& letter, std::string_view who,
                   std::string_view why) {
    auto rows = store.select("SELECT sealed FROM letters WHERE id=?", letter.value());
    const auto sealed = rows.moveFirst() ? bytesAt(rows, "sealed") : Bytes{};
    store.moveLetter(letter, LetterState::Destroyed, why);
    store.execute("UPDATE letters SET sealed=NULL WHERE id=?", letter.value());
    store.forget();
    store.appendAudit(who, "sealed codes destroyed", letter.value(),
                      std::string{why} + "; SHA-256 of the sealed record " + sha256Of(sealed));
}

}  // namespace zegel::station
