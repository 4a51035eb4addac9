#pragma once

#include "station/ledger/ledger.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zegel::station {

/// A reader or stick that goes along with a card, and is to come back one day.
struct Lent {
    std::string kind;    ///< "reader", "token"
    std::string serial;  ///< as it stands on it; case does not tell two apart
};

/// A card goes to its receiver.
struct Dispatch {
    std::string id;  ///< a reference of who says it; one dispatch has one
    OrderId order;
    std::string by;
    std::string track;  ///< track-and-trace number; empty: none
    std::optional<Lent> loan;
};

/// Something came back: the card of an order, or what was lent.
struct Arrival {
    std::string id;
    std::string what;  ///< the order's id, or the serial
    std::string by;
    std::string why;
};

/// Paper to lay out: its kind (pinmailer/seal/note.h) and text, unsigned.
struct NoteText {
    std::string kind;
    std::string text;
};

struct NoteEntry {
    std::int64_t row = 0;
    OrderId order;
    NoteText note;
};

struct LoanEntry {
    std::int64_t row = 0;  ///< its place among all
    Lent lent;
    OrderId order;
    TimePoint lentAt{};
    std::string lentBy;
    std::optional<TimePoint> returnedAt;  ///< none: it is out
    std::string returnedTo;               ///< who booked it in
    std::string said;                     ///< when it came back
};

/// How a card left.
struct Sending {
    TimePoint at{};
    std::string by;
    std::string track;  ///< empty: none
};

/// A card on its way, whose receipt is awaited.
struct Awaited {
    OrderId order;
    TimePoint dispatched{};
    std::string track;
    std::optional<TimePoint> overdue;  ///< since when it is told of as overdue
};

/// Cards on their way to their receivers, what is lent with them, and the papers that go along. As
/// the ledger's, each verb is one transaction.
class DispatchBook {
public:
    explicit DispatchBook(Store& store) : store_(store) {}

    /// The order and its card are dispatched, what is lent is out, the notes are to be written
    /// and, `releasing`, its letter is released if it is still held. The same again, by its id,
    /// changes nothing. Errors: RequestRefused when the order is not produced, its card not here,
    /// what is lent is out already, or the id was another's.
    Ledger::Settlement dispatch(const Dispatch& dispatch, bool releasing,
                                const std::vector<NoteText>& notes);
    /// The card is here again, on its way or after its receipt: it may be dispatched once more, and
    /// then its receipt is awaited anew. Errors: RequestRefused.
    Ledger::Settlement cardReturned(const Arrival& arrival);

    /// By their place, those behind `after`; `open`: only those that are out.
    std::vector<LoanEntry> loans(bool open, std::int64_t after, std::size_t limit);
    /// Its serial as it was booked out last, whatever case is asked for; nothing when it never was.
    std::optional<std::string> lentAs(std::string_view serial);
    /// What is out with this order.
    std::vector<Lent> lentWith(const OrderId& order);
    /// Its last dispatch; nothing when it is here, or was never sent.
    std::optional<Sending> sending(const OrderId& order);
    /// Errors: RequestRefused when nothing of this serial is out, or the id was another's.
    Ledger::Settlement loanReturned(const Arrival& arrival);

    /// On their way since `latest` or longer, and nobody was reminded yet; of one profile.
    std::vector<Awaited> toRemind(std::string_view profile, TimePoint latest);
    /// Nothing, when its receipt came meanwhile.
    void remind(const OrderId& order, const std::vector<NoteText>& notes);
    /// The same, of those that are not told of as overdue yet.
    std::vector<Awaited> toCallOverdue(std::string_view profile, TimePoint latest);
    void callOverdue(const OrderId& order, std::string_view proposal);
    std::vector<Awaited> overdue(std::size_t limit);

    /// Notes that are still to be written, the oldest first.
    std::vector<NoteEntry> unwrittenNotes(std::size_t limit);
    /// It lies in its folder, and its text is forgotten here.
    void recordWritten(std::int64_t row);

private:
    Store& store_;
};

}  // namespace zegel::station
