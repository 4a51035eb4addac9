#pragma once

#include "drivers/base/bytes.h"
#include "drivers/base/clock.h"

#include <string>
#include <string_view>
#include <vector>

namespace zegel::seal {

/// What goes along with a card, or tells of it, and holds no code.
enum class NoteKind {
    DispatchNote,    ///< travels with the card, tells how to confirm its receipt
    LoanNote,        ///< a reader or stick is on loan
    Reminder,        ///< the receipt is still to be confirmed
    RejectionNotice  ///< the order is not carried out, and why
};

/// Also the name of its template: "dispatch-note", "loan-note", "reminder", "rejection-notice".
std::string_view nameOf(NoteKind kind) noexcept;

/// Everything on the paper. Signed by the station as letters are, so that it cannot be forged.
struct Note {
    NoteKind kind{};
    std::string language;              ///< "nl", "en"
    std::vector<std::string> address;  ///< three to six lines, ready to print
    std::string organisation;          ///< of the subject
    std::string certificateName;       ///< the group's name
    std::string certificateNumber;     ///< the whole number; empty on a rejection notice
    std::string chipNumber;            ///< the chip's own, which also names the card to revoke
    std::string orderReference;        ///< the order id
    std::string carrier;               ///< "smart-card", "usb-token": words differ
    std::string track;                 ///< track-and-trace number; empty when there is none
    std::string loanKind;              ///< "reader", "token"; empty when nothing is lent
    std::string loanSerial;            ///< of what is lent
    std::string receiveBy;             ///< day until which the receipt is awaited, "2026-12-31"
    std::string reason;                ///< of a rejection
    TimePoint madeAt{};
};

/// The text that `Sealer::signNote` signs; the outcome is the file "<order>.note" and the like in
/// the station's folder of notes. UTF-8, "zegel-note 1" and then one "name: value" a line in the
/// order of the fields above; `address` three to six times, empty fields left out. One spelling
/// for each note: decode accepts exactly what encode writes.
/// What a note must hold besides: a dispatch note and a reminder the certificate's number; a
/// dispatch note may tell the chip's; a loan note the certificate's and both fields of the loan; a
/// reminder `receiveBy`; a rejection notice its reason and no number. Errors: LetterUnusable naming
/// the field that is empty, too long, not UTF-8, holds a control character, or does not belong
/// there.
Bytes encode(const Note& note);

/// Errors: SealBroken naming the line and the field that is missing or wrong.
Note decodeNote(ByteView text);

}  // namespace zegel::seal
