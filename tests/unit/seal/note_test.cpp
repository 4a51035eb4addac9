#include "pinmailer/seal/note.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace zegel::seal {
namespace {

using testing::HasSubstr;

Note someNote(NoteKind kind = NoteKind::DispatchNote) {
    Note note;
    note.kind = kind;
    note.language = "nl";
    note.address = {"Gemeente Grootveen", "T.a.v. mevrouw Ÿ. Đorđević", "1234 AB  ALMELO"};
    note.organisation = "Gemeente Grootveen";
    note.certificateName = "Burgerzaken: balie";
    note.orderReference = "order-7";
    note.carrier = "smart-card";
    note.madeAt = TimePoint{std::chrono::seconds{1795253400}};
    if (kind != NoteKind::RejectionNotice) note.certificateNumber = "ZG-2026-000123-02";
    if (kind == NoteKind::DispatchNote) note.chipNumber = "piv-00A1B2C3";
    if (kind == NoteKind::DispatchNote) note.track = "3SABCD1234567";
    if (kind == NoteKind::LoanNote || kind == NoteKind::DispatchNote) {
        note.loanKind = "reader";
        note.loanSerial = "CR-0042";
    }
    if (kind == NoteKind::Reminder || kind == NoteKind::DispatchNote) note.receiveBy = "2027-01-02";
    if (kind == NoteKind::RejectionNotice) note.reason = "the group is not registered";
    return note;
}

std::string someText() {
    return "zegel-note 1\n"
           "kind: dispatch-note\n"
           "language: nl\n"
           "address: Gemeente Grootveen\n"
           "address: T.a.v. mevrouw Ÿ. Đorđević\n"
           "address: 1234 AB  ALMELO\n"
           "organisation: Gemeente Grootveen\n"
           "certificate-name: Burgerzaken: balie\n"
           "certificate-number: ZG-2026-000123-02\n"
           "chip-number: piv-00A1B2C3\n"
           "order: order-7\n"
           "carrier: smart-card\n"
           "track: 3SABCD1234567\n"
           "loan-kind: reader\n"
           "loan-serial: CR-0042\n"
           "receive-by: 2027-01-02\n"
           "made-at: 2026-11-21T09:30:00Z\n";
}

std::string without(std::string text, std::string_view line) {
    const auto at = text.find(line);
    EXPECT_NE(at, std::string::npos) << line;
    return text.erase(at, text.find('\n', at) + 1 - at);
}

std::string complaintOf(const std::string& text) {
    try {
        decodeNote(bytesOf(text));
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SealBroken);
        return failure.what();
    }
    return "accepted";
}

std::string complaintOf(NoteKind kind, const std::function<void(Note&)>& change) {
    auto note = someNote(kind);
    change(note);
    try {
        encode(note);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LetterUnusable);
        return failure.what();
    }
    return "accepted";
}

TEST(EncodeNote, writesOneLineAFieldAndLeavesOutWhatIsEmpty) {
    EXPECT_EQ(encode(someNote()), bytesOf(someText()));
    auto plain = someNote();
    plain.track.clear();
    plain.loanKind.clear();
    plain.loanSerial.clear();
    plain.receiveBy.clear();
    auto text = someText();
    for (const auto* line : {"track", "loan-kind", "loan-serial", "receive-by"})
        text = without(text, line);
    EXPECT_EQ(encode(plain), bytesOf(text));
}

TEST(DecodeNote, readsWhatEveryKindHolds) {
    for (const auto kind : {NoteKind::DispatchNote, NoteKind::LoanNote, NoteKind::Reminder,
                            NoteKind::RejectionNotice}) {
        const auto note = someNote(kind);
        const auto read = decodeNote(encode(note));
        EXPECT_EQ(read.kind, kind);
        EXPECT_EQ(read.address, note.address);
        EXPECT_EQ(read.certificateNumber, note.certificateNumber);
        EXPECT_EQ(read.loanSerial, note.loanSerial);
        EXPECT_EQ(read.receiveBy, note.receiveBy);
        EXPECT_EQ(read.reason, note.reason);
        EXPECT_EQ(read.madeAt, note.madeAt);
        EXPECT_EQ(encode(read), encode(note));
    }
}

TEST(DecodeNote, namesWhatIsWrong) {
    const auto text = someText();
    EXPECT_THAT(complaintOf(""), HasSubstr("line 1 of the note does not end"));
    EXPECT_THAT(complaintOf(without(text, "zegel-note 1")), HasSubstr("zegel-note 1"));
    EXPECT_THAT(complaintOf(without(text, "organisation")), HasSubstr("field organisation"));
    EXPECT_THAT(complaintOf(without(text, "certificate-number")),
                HasSubstr("certificate-number is empty"));
    EXPECT_THAT(complaintOf(without(text, "loan-serial")), HasSubstr("loan-serial"));
    EXPECT_THAT(complaintOf(text + "more: x\n"), HasSubstr("after the last field"));
    auto other = text;
    other.replace(other.find("dispatch-note"), 13, "pin-letter");
    EXPECT_THAT(complaintOf(other), HasSubstr("kind"));
    other = text;
    other.replace(other.find("2027-01-02"), 10, "2027-02-30");
    EXPECT_THAT(complaintOf(other), HasSubstr("receive-by is not a day"));
}

TEST(EncodeNote, refusesWhatDoesNotBelongOnThatKind) {
    EXPECT_THAT(complaintOf(NoteKind::RejectionNotice,
                            [](Note& note) { note.certificateNumber = "ZG-2026-000123-02"; }),
                HasSubstr("rejection-notice's certificate-number does not belong"));
    EXPECT_THAT(complaintOf(NoteKind::RejectionNotice, [](Note& note) { note.reason.clear(); }),
                HasSubstr("reason is empty"));
    EXPECT_THAT(complaintOf(NoteKind::Reminder, [](Note& note) { note.receiveBy.clear(); }),
                HasSubstr("receive-by is empty"));
    EXPECT_THAT(complaintOf(NoteKind::LoanNote, [](Note& note) { note.loanKind = "car"; }),
                HasSubstr("neither reader nor token"));
    EXPECT_THAT(complaintOf(NoteKind::DispatchNote, [](Note& note) { note.track = "a\nb"; }),
                HasSubstr("track holds a control character"));
    EXPECT_THAT(complaintOf(NoteKind::DispatchNote, [](Note& note) { note.address.resize(2); }),
                HasSubstr("2 lines"));
}

}  // namespace
}  // namespace zegel::seal
