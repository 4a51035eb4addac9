#pragma once

#include "cardprofiles/profile_file.h"
#include "drivers/base/clock.h"
#include "pinmailer/seal/sealer.h"
#include "station/ledger/letter_book.h"

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace zegel::station {

/// Where the print room gets released letters, signed, each once: asked for one by one, or laid
/// into a folder. Safe for several threads.
class LetterDesk {
public:
    using Tell = std::function<void(const std::string&)>;

    /// A letter and what stands on it of its product; empty when that is no longer offered.
    struct Shown {
        LetterEntry letter;
        std::string templateName;
        std::string carrier;
    };

    /// `folder`: where released letters are laid, if anywhere. `tell` hears why one cannot be.
    LetterDesk(Ledger& ledger, const cardprofiles::Profiles& profiles, const seal::Sealer& sealer,
               const Clock& clock, std::optional<std::filesystem::path> folder, Tell tell);

    std::optional<Shown> letter(const LetterId& letter) const;
    std::vector<Shown> letters(const std::optional<LetterState>& state, std::int64_t after,
                               std::size_t limit) const;

    /// The signed letter, which is the print room's from before this returns: whatever happens
    /// after, it is given to no other. The same act again gives the same letter, until it is
    /// printed or given back. Errors: RequestRefused; LetterUnusable, TokenUnavailable, and nothing
    /// was changed.
    Bytes take(const LetterAct& act);
    /// Every other act. Errors: RequestRefused.
    Ledger::Settlement record(const LetterAct& act);

    /// Whether the letter of this order can be made. Errors: LetterUnusable.
    void expectFit(const OrderEntry& order) const;

    /// Lays out what is released. The file is written first, then it counts as laid out, and gets
    /// its name last: a station that dies in between neither loses a letter nor lays it out twice.
    /// What cannot be made now is told and stays for the next time. Errors: LedgerUnwritable.
    void layOut();
    /// Takes letters of revoked cards back from the folder, as far as nobody has fetched them, and
    /// has their codes erased; and removes what lies there of letters that are erased already. The
    /// file loses its name first, then the ledger calls it erased, then it goes: the ledger never
    /// says so of one that the print room has. To be called after a card is revoked, and now and
    /// then: what cannot be taken back now is told. Errors: LedgerUnwritable.
    void withdraw();
    /// Ends what a stop of the station left half done. Call once at start.
    void settleHalfDone();

private:
    Shown shown(LetterEntry letter) const;
    Bytes contentOf(const OrderEntry& order, const LetterEntry& letter) const;
    Bytes signedLetter(const LetterEntry& letter) const;
    void layOut(const LetterEntry& letter) const;
    std::set<LetterId> lettersInFolder();
    void withdraw(const LetterId& letter);
    void tellOfFolder(const std::string& trouble);

    Ledger& ledger_;
    const cardprofiles::Profiles& profiles_;
    const seal::Sealer& sealer_;
    const Clock& clock_;
    std::optional<std::filesystem::path> folder_;
    Tell tell_;
    std::mutex door_;             ///< one letter is laid out by one thread
    std::set<std::string> told_;  ///< of what could not be laid out, and waits
    /// Why letters may lie there that should not: as it was told, and as it is now.
    std::set<std::string> toldOfFolder_;
    std::set<std::string> troubleNow_;
};

}  // namespace zegel::station
