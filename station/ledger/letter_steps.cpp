#include "station/ledger/letter_steps.h"

#include "drivers/base/hex.h"

#include <openssl/sha.h>

#include <array>

namespace zegel::station {

void destroyLetter(Store& store, const LetterId& letter, std::string_view who,
                   std::string_view why) {
    auto rows = store.select("SELECT sealed FROM letters WHERE id=?", letter.value());
    const auto sealed = rows.moveFirst() ? bytesAt(rows, "sealed") : Bytes{};
    store.moveLetter(letter, LetterState::Destroyed, why);
    store.execute("UPDATE letters SET sealed=NULL WHERE id=?", letter.value());
    std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
    SHA256(sealed.data(), sealed.size(), digest.data());
    store.appendAudit(who, "sealed codes destroyed", letter.value(),
                      std::string{why} + "; SHA-256 of the sealed record " + toHex(digest));
}

}  // namespace zegel::station
