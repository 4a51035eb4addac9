#pragma once

#include "cardprofiles/profile_file.h"
#include "drivers/base/clock.h"
#include "station/desk/letter_desk.h"
#include "station/desk/note_desk.h"
#include "station/ledger/dispatch_book.h"

#include <cstddef>
#include <string>
#include <vector>

namespace zegel::station {

/// Where cards leave for their receivers and where they, and what was lent with them, come back.
/// Also the clock on receipts: a reminder, then the proposal to revoke.
class DispatchDesk {
public:
    DispatchDesk(Ledger& ledger, const cardprofiles::Profiles& profiles, LetterDesk& letters,
                 NoteDesk& notes, const Clock& clock)
        : ledger_(ledger), profiles_(profiles), letters_(letters), notes_(notes), clock_(clock) {}

    /// The card goes, its note with it; where the product's rule says so, the letter is released.
    /// Errors: RequestRefused; LetterUnusable when a note or that letter cannot be made, and
    /// nothing was changed.
    Ledger::Settlement dispatch(const Dispatch& dispatch);
    /// Errors: RequestRefused.
    Ledger::Settlement cardReturned(const Arrival& arrival);
    Ledger::Settlement loanReturned(const Arrival& arrival);
    /// An order is not carried out, and its applicant is told why, by a notice. Errors:
    /// OrderUnusable for a reason that no notice can say; RequestRefused.
    Ledger::Settlement reject(const Decision& rejection);
    bool makesNotes() const noexcept { return notes_.makesNotes(); }

    /// Reminds of receipts and calls them overdue, each once. Gives how many receipts became
    /// overdue.
    std::size_t tick();

private:
    const cardprofiles::Profile& profileOf(const OrderEntry& order) const;
    std::vector<NoteText> notesFor(const OrderEntry& order, const cardprofiles::Profile& profile,
                                   const Dispatch& dispatch) const;
    std::vector<NoteText> noticeOf(const OrderEntry& order, const std::string& reason) const;
    void remindReceivers(const cardprofiles::Profile& profile);
    std::size_t callOverdue(const cardprofiles::Profile& profile);

    Ledger& ledger_;
    const cardprofiles::Profiles& profiles_;
    LetterDesk& letters_;
    NoteDesk& notes_;
    const Clock& clock_;
};

}  // namespace zegel::station
