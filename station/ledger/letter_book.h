#pragma once

#include "station/ledger/ledger.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// What the print room, or the desk, tells of a letter.
struct LetterAct {
    enum class Kind {
        Take,          ///< the print room has it from here on; nobody else gets it
        Fetch,         ///< the same of one that was laid into the folder, by who has its file
        GiveBack,      ///< by who took it: not one octet went to the printer
        Printed,       ///< and the sheet is there
        Uncertain,     ///< it may have been printed; a person looks
        FoundPrinted,  ///< a person looked: it was
        FoundSpoiled,  ///< a person looked: there is no good sheet, or none at all
        Posted,
        Returned  ///< came back undeliverable
    };

    std::string id;  ///< a reference of who tells it; one act has one
    LetterId letter;
    Kind kind{};
    std::string by;   ///< the client
    std::string why;  ///< kept in the audit chain; empty where the act speaks for itself
    /// The id of the take or fetch that it is about; empty: of whichever there is.
    std::string taken{};
};

/// Letters from their release on. As the ledger's, each verb is one transaction.
class LetterBook {
public:
    explicit LetterBook(Store& store) : store_(store) {}

    std::optional<LetterEntry> letter(const LetterId& letter);
    /// As their orders stand in their batches, the first batch first, which is how envelopes are
    /// filled; those behind the one in row `after`, only those in `state`, if one is said.
    std::vector<LetterEntry> letters(const std::optional<LetterState>& state, std::int64_t after,
                                     std::size_t limit);

    /// Its card is revoked: a sheet of it is to be destroyed.
    bool mustNotGoOut(const LetterId& letter);

    /// Those with the print room, or printed there, since `latest` or before, of which nobody told
    /// that they were posted; and, whenever that was, those of cards that are revoked, whose sheets
    /// are to be destroyed. Their sealed codes are kept for as long.
    std::vector<LetterEntry> untold(TimePoint latest, std::size_t limit);

    /// Those that the print room gave back unprinted, also into the folder, and nobody took since,
    /// each with its reason.
    std::vector<LetterEntry> givenBack(std::size_t limit);

    /// The same act again, by its id, changes nothing; a `Take` or `Fetch` only for as long as who
    /// took it still has it. Errors: RequestRefused when the letter is unknown or in a state that
    /// the act is not for, is told of by another than who took it or of another taking, is taken
    /// while no sheet of it may be made, is posted though its card is revoked, or the id was
    /// another act's. When its card is revoked its sealed codes are erased as soon as no sheet of
    /// it is to be settled.
    Ledger::Settlement record(const LetterAct& act);

    /// Somebody asked to revoke its card, or said that its codes may have been seen, and a second
    /// person is waited for: neither taken nor laid out meanwhile. In words, with the approval.
    std::optional<std::string> whyNoSheetYet(const LetterId& letter);

    /// It lies in the folder for the print room: printing, and taken by none. False when it is not
    /// released, or not any more, or no sheet of it may be made yet; or was held in a backup that
    /// was restored: whether it lay there before, a person finds out. (Who takes letters one by one
    /// has a journal that tells.)
    bool layOut(const LetterId& letter);

    /// It is laid out, fetched by nobody, and its card is revoked; or it is erased already, for
    /// whatever reason: no sheet is to be made of the file.
    bool isToWithdraw(const LetterId& letter);
    /// Nobody fetched it and nobody can any more: its sealed codes are erased, also from the
    /// ledger's journal. Nothing is changed when it is not to be withdrawn.
    void recordWithdrawn(const LetterId& letter);

    /// Those that went to the post, came back, were spoiled or expired at `latest` or before: their
    /// sealed codes are erased, also from the ledger's journal. Gives
    /// how many.
    std::size_t destroy(TimePoint latest, std::string_view why);
    /// Held ones of cards whose certificates have all ended: nobody needs their codes. Gives how
    /// many.
    std::size_t expire();

private:
    Store& store_;
};

}  // namespace zegel::station
