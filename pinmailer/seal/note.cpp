#include "pinmailer/seal/note.h"

#include "drivers/base/failure.h"
#include "pinmailer/seal/printable.h"
#include "pinmailer/seal/text_lines.h"

#include <algorithm>
#include <array>

namespace zegel::seal {
namespace {

constexpr std::string_view Heading = "zegel-note 1";
constexpr std::size_t LongestReason = 2048;  // 512 characters
constexpr std::array AllKinds{NoteKind::DispatchNote, NoteKind::LoanNote, NoteKind::Reminder,
                              NoteKind::RejectionNotice};

/// Whether a field that may be left out is there when it has to be.
enum class Presence { Wanted, Possible, Absent };

Presence numberOf(NoteKind kind) {
    return kind == NoteKind::RejectionNotice ? Presence::Absent : Presence::Wanted;
}

Presence loanOf(NoteKind kind) {
    if (kind == NoteKind::LoanNote) return Presence::Wanted;
    return kind == NoteKind::DispatchNote ? Presence::Possible : Presence::Absent;
}

Presence deadlineOf(NoteKind kind) {
    if (kind == NoteKind::Reminder) return Presence::Wanted;
    return kind == NoteKind::DispatchNote ? Presence::Possible : Presence::Absent;
}

Presence chipOf(NoteKind kind) {
    return kind == NoteKind::DispatchNote ? Presence::Possible : Presence::Absent;
}

Presence trackOf(NoteKind kind) {
    return kind == NoteKind::DispatchNote ? Presence::Possible : Presence::Absent;
}

Presence reasonOf(NoteKind kind) {
    return kind == NoteKind::RejectionNotice ? Presence::Wanted : Presence::Absent;
}

/// "2026-12-31", a day that there is.
bool isDay(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    const auto number = [&](std::size_t at, std::size_t digits) {
        int value = 0;
        for (const auto c : text.substr(at, digits))
            value = c >= '0' && c <= '9' && value >= 0 ? value * 10 + (c - '0') : -1;
        return value;
    };
    const auto month = number(5, 2);
    const auto day = number(8, 2);
    if (number(0, 4) < 0 || month < 0 || day < 0) return false;
    return std::chrono::year_month_day{std::chrono::year{number(0, 4)},
                                       std::chrono::month{static_cast<unsigned>(month)},
                                       std::chrono::day{static_cast<unsigned>(day)}}
        .ok();
}

std::string faultOfPresence(std::string_view value, Presence presence) {
    if (value.empty() && presence == Presence::Wanted) return "is empty";
    if (!value.empty() && presence == Presence::Absent) return "does not belong on it";
    return {};
}

/// One set of rules for both directions; only the fault differs.
class Rules {
public:
    Rules(NoteKind kind, Fault fault) : name_(nameOf(kind)), fault_(fault) {}

    void expect(std::string_view field, const std::string& wrong) const {
        if (wrong.empty()) return;
        throw Failure{fault_,
                      "the " + std::string{name_} + "'s " + std::string{field} + " " + wrong};
    }

    void expectLine(std::string_view field, std::string_view value, Presence presence,
                    std::size_t longest = LongestLine) const {
        expect(field, faultOfPresence(value, presence));
        if (!value.empty()) expect(field, faultOfLine(value, longest));
    }

private:
    std::string_view name_;
    Fault fault_;
};

void expectFit(const Note& note, Fault fault) {
    const Rules rules{note.kind, fault};
    rules.expect("language", faultOfWord(note.language));
    rules.expect("address", faultOfAddress(note.address));
    rules.expectLine("organisation", note.organisation, Presence::Wanted);
    rules.expectLine("certificate-name", note.certificateName, Presence::Wanted);
    rules.expectLine("certificate-number", note.certificateNumber, numberOf(note.kind),
                     LongestWord);
    rules.expectLine("chip-number", note.chipNumber, chipOf(note.kind), LongestWord);
    rules.expectLine("order", note.orderReference, Presence::Wanted);
    rules.expect("carrier", faultOfCarrier(note.carrier));
    rules.expectLine("track", note.track, trackOf(note.kind), LongestWord);
    rules.expectLine("loan-kind", note.loanKind, loanOf(note.kind), LongestWord);
    if (!note.loanKind.empty() && note.loanKind != "reader" && note.loanKind != "token")
        rules.expect("loan-kind", "is neither reader nor token");
    rules.expectLine("loan-serial", note.loanSerial, loanOf(note.kind), LongestWord);
    if (note.loanKind.empty() != note.loanSerial.empty())
        rules.expect("loan-serial", "stands without its kind, or the kind without it");
    rules.expectLine("receive-by", note.receiveBy, deadlineOf(note.kind));
    if (!note.receiveBy.empty() && !isDay(note.receiveBy))
        rules.expect("receive-by", "is not a day like 2026-12-31");
    rules.expectLine("reason", note.reason, reasonOf(note.kind), LongestReason);
}

NoteKind kindNamed(const std::string& name) {
    const auto* kind =
        std::ranges::find_if(AllKinds, [&](NoteKind each) { return nameOf(each) == name; });
    if (kind != AllKinds.end()) return *kind;
    throw Failure{Fault::SealBroken, "line 2 of the note: there is no kind of this name"};
}

}  // namespace

std::string_view nameOf(NoteKind kind) noexcept {
    switch (kind) {
        case NoteKind::DispatchNote: return "dispatch-note";
        case NoteKind::LoanNote: return "loan-note";
        case NoteKind::Reminder: return "reminder";
        case NoteKind::RejectionNotice: return "rejection-notice";
    }
    return "unknown";
}

Bytes encode(const Note& note) {
    expectFit(note, Fault::LetterUnusable);
    LineWriter text{Heading};
    text.say("kind", nameOf(note.kind));
    text.say("language", note.language);
    for (const auto& line : note.address)
        text.say("address", line);
    text.say("organisation", note.organisation);
    text.say("certificate-name", note.certificateName);
    text.sayIfAny("certificate-number", note.certificateNumber);
    text.sayIfAny("chip-number", note.chipNumber);
    text.say("order", note.orderReference);
    text.say("carrier", note.carrier);
    text.sayIfAny("track", note.track);
    text.sayIfAny("loan-kind", note.loanKind);
    text.sayIfAny("loan-serial", note.loanSerial);
    text.sayIfAny("receive-by", note.receiveBy);
    text.sayIfAny("reason", note.reason);
    text.say("made-at", toRfc3339(note.madeAt));
    return text.octets();
}

Note decodeNote(ByteView text) {
    LineReader lines{text, "note"};
    lines.takeHeading(Heading);
    Note note;
    note.kind = kindNamed(lines.take("kind"));
    note.language = lines.take("language");
    while (auto line = lines.takeIf("address"))
        note.address.push_back(*std::move(line));
    note.organisation = lines.take("organisation");
    note.certificateName = lines.take("certificate-name");
    const auto ifAny = [&](std::string_view name) {
        auto value = lines.takeIf(name);
        if (value && value->empty()) {
            throw Failure{Fault::SealBroken, "the note's " + std::string{name} + " is empty"};
        }
        return value.value_or("");
    };
    note.certificateNumber = ifAny("certificate-number");
    note.chipNumber = ifAny("chip-number");
    note.orderReference = lines.take("order");
    note.carrier = lines.take("carrier");
    note.track = ifAny("track");
    note.loanKind = ifAny("loan-kind");
    note.loanSerial = ifAny("loan-serial");
    note.receiveBy = ifAny("receive-by");
    note.reason = ifAny("reason");
    note.madeAt = lines.takeTime("made-at");
    lines.expectEnd();
    expectFit(note, Fault::SealBroken);
    return note;
}

}  // namespace zegel::seal
