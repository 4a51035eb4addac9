#pragma once

#include "cardprofiles/profile_file.h"
#include "drivers/base/clock.h"
#include "pinmailer/seal/note.h"
#include "pinmailer/seal/sealer.h"
#include "station/ledger/dispatch_book.h"

#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace zegel::station {

/// Papers that go along with cards: each is kept with what it tells of, in one transaction, and
/// laid into a folder after, signed. A stop in between loses none. Safe for several threads.
class NoteDesk {
public:
    using Tell = std::function<void(const std::string&)>;

    /// `folder`: none: no notes are made. `tell` hears why one cannot be written now.
    NoteDesk(Ledger& ledger, const cardprofiles::Profiles& profiles, const seal::Sealer& sealer,
             const Clock& clock, std::optional<std::filesystem::path> folder, Tell tell);

    /// What the ledger keeps of a note until it is written; nothing where none are made.
    /// `fill` adds what only this kind says. Errors: LetterUnusable.
    std::vector<NoteText> noteFor(const OrderEntry& order, seal::NoteKind kind,
                                  const std::function<void(seal::Note&)>& fill) const;

    /// The same; one that cannot be made is told once, and there is none.
    std::vector<NoteText> noteIfFit(const OrderEntry& order, seal::NoteKind kind,
                                    const std::function<void(seal::Note&)>& fill);

    bool makesNotes() const noexcept { return folder_.has_value(); }

    /// Writes what waits. What cannot be signed now is told and stays. Errors: LedgerUnwritable.
    void write();

private:
    void tellOnce(const std::string& said);

    Ledger& ledger_;
    const cardprofiles::Profiles& profiles_;
    const seal::Sealer& sealer_;
    const Clock& clock_;
    std::optional<std::filesystem::path> folder_;
    Tell tell_;
    std::mutex door_;  ///< one thread writes
    std::mutex tellDoor_;
    std::set<std::string> told_;
};

/// The name of its file: "<order>.note" for what travels with the card, "<order>+reminder.note"
/// and the like for others ('+' stands in no order's id).
std::string noteFileName(const OrderId& order, std::string_view kind);

}  // namespace zegel::station
