#pragma once

#include "pinmailer/press/opening.h"
#include "pinmailer/press/post/letters_desk.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/run/journal.h"
#include "pinmailer/press/run/letter_folder.h"
#include "pinmailer/press/run/printer_watch.h"

#include <functional>
#include <optional>
#include <span>
#include <string>

namespace zegel::press {

/// What a run came to.
struct Tally {
    int printed = 0;
    int uncertain = 0;       ///< a person settles them
    int untold = 0;          ///< whose end the station refuses to hear; stay open in the journal
    int setAside = 0;        ///< the station knows no such letter
    int refused = 0;         ///< given back: could not be opened or drawn
    int toDestroy = 0;       ///< printed, and their sheets must not go out
    int denied = 0;          ///< printed, which the station does not take them for
    std::string unfinished;  ///< why letters are left that might have been printed
};

/// What opens letters and draws them.
struct PressRoom {
    std::span<const PrintRoomKey> keys;
    const X509& station;
    Presses& presses;
};

/// Prints letters, each once: what is journalled before it is done decides after a death what may
/// be done again. From the moment a letter's first octet may have gone to the printer, only the
/// printer's own word about that job makes it printed; everything else makes it uncertain.
///
/// One letter at a time, in the station's order. Codes are in memory from opening until the
/// printer has them. Errors: LedgerUnwritable, StationUnavailable, TokenUnavailable: the run ends,
/// and the next one goes on where it was.
class PrintRun {
public:
    /// `folder`: where letters lie, if the station is not asked for them; it still hears of each.
    PrintRun(Journal& journal, LettersDesk& desk, Printer& printer, PrinterWatch& watch, Say say,
             const LetterFolder* folder = nullptr)
        : journal_(journal),
          desk_(desk),
          printer_(printer),
          watch_(watch),
          say_(std::move(say)),
          folder_(folder) {}

    /// What an earlier run left open: finds out what became of letters that were being sent, and
    /// tells the station every end that it has not heard. Letters of which nothing was sent stay
    /// open, to be printed or given back.
    void settleWhatWasLeft(Tally& tally);

    /// Prints what is released, or lies in the folder, at most `limit` letters; those left open
    /// first. What cannot be printed in time is given back: to the folder by leaving it there.
    void print(const PressRoom& room, int limit, const AskedToEnd& askedToEnd, Tally& tally);

    /// A letter for a file: taken, opened and drawn; counts as uncertain, because a person prints
    /// it. `keep` stores it. Errors: as `print`, and what refuses the letter.
    void toFile(const PressRoom& room, const LetterId& letter,
                const std::function<void(const SecretDocument&)>& keep, Tally& tally);

private:
    /// Those that may be printed, besides what is open.
    std::vector<LetterId> waiting(Tally& tally);
    void printOne(const PressRoom& room, const LetterId& letter, Tally& tally);
    /// Under the id it was asked for before, if it was. Nothing, and why, when it cannot be had.
    std::optional<Bytes> take(const LetterId& letter, std::string& refusal, Tally& tally);
    /// A letter that may go to the printer.
    struct Drawn {
        SecretDocument pdf;
        int edition = 1;
    };
    static OpenedLetter open(const PressRoom& room, const LetterId& letter, const Bytes& file);
    static Drawn draw(const PressRoom& room, const OpenedLetter& opened);
    /// Once more it is given out on purpose only, and then as its next edition. Empty when it is.
    std::string whySentBefore(const seal::ReleasedLetter& letter) const;
    std::optional<Drawn> drawOrGiveBack(const PressRoom& room, const LetterId& letter,
                                        const Bytes& file, Tally& tally);
    /// Empty when the printer was given something; else why it could be given nothing.
    std::string send(const LetterId& letter, const Drawn& drawn, Sent& sent);
    /// Empty when the printer was seen to keep no job of it; else why it keeps one.
    std::string takeOffPrinter(const LetterId& letter);
    void end(const LetterId& letter, const JobEnd& end, Tally& tally);
    void giveBack(const LetterId& letter, const std::string& reason, Tally& tally);
    void tell(const LetterId& letter, Tally& tally);
    void setAside(const LetterId& letter, const std::string& words, Tally& tally);

    Journal& journal_;
    LettersDesk& desk_;
    Printer& printer_;
    PrinterWatch& watch_;
    Say say_;
    const LetterFolder* folder_;
};

}  // namespace zegel::press
