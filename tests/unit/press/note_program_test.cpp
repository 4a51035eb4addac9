#include "pinmailer/seal/note.h"
#include "tests/unit/press/made_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using tests::run;

// Nobody may watch the program, its own leak detector included.
const std::string Program = "LSAN_OPTIONS=detect_leaks=0 " ZEGEL_BINARY_DIR "/bin/zegel-pinmailer";

seal::Note madeNote(seal::NoteKind kind, const std::string& language) {
    const auto letter = tests::madeLetter();
    const bool dispatch = kind == seal::NoteKind::DispatchNote;
    seal::Note note;
    note.kind = kind;
    note.language = language;
    note.address = letter.address;
    note.organisation = letter.organisation;
    note.certificateName = letter.certificateName;
    note.orderReference = letter.orderReference;
    note.carrier = letter.carrier;
    note.madeAt = letter.releasedAt;
    if (kind == seal::NoteKind::RejectionNotice) {
        note.reason = "the CA knows no such group";
    } else {
        note.certificateNumber = "ZGL-26-000012-4";
    }
    if (dispatch) note.track = "3SZEGL42";
    if (dispatch || kind == seal::NoteKind::LoanNote) {
        note.loanKind = "reader";
        note.loanSerial = "CR-42";
    }
    if (dispatch || kind == seal::NoteKind::Reminder) note.receiveBy = "2027-01-02";
    return note;
}

/// Where notes are laid: the station's certificate and nothing else.
class PinmailerNotes : public testing::Test {
protected:
    void SetUp() override {
        tests::writePem(desk_.path("station.pem"), *house_.station().certificate);
        fs::create_directory(desk_.path("in"));
        fs::create_directory(desk_.path("out"));
    }
    void lay(const std::string& name, const Bytes& file) const {
        tests::writeFile(desk_.path("in/" + name), file);
    }
    Bytes signedNote(seal::NoteKind kind, const std::string& language) const {
        return house_.sealer().signNote(seal::encode(madeNote(kind, language)));
    }
    tests::Ran noteOf(const std::string& files, const std::string& output) const {
        return run("cd " + desk_.path("in") + " && " + Program + " note " + files + " --output " +
                   output + " --station-certificate " + desk_.path("station.pem"));
    }
    std::string textOf(const std::string& pdf) const {
        return run("pdftotext -layout " + pdf + " -").output;
    }

    tests::MadeHouse house_;
    tests::MadeFolder desk_;
};

TEST_F(PinmailerNotes, makesAPdfOfEachKindOfNoteInItsLanguageWithoutAnyKey) {
    lay("O.note", signedNote(seal::NoteKind::DispatchNote, "nl"));
    lay("O+loan.note", signedNote(seal::NoteKind::LoanNote, "en"));
    lay("O+reminder.note", signedNote(seal::NoteKind::Reminder, "en"));
    lay("O+rejection.note", signedNote(seal::NoteKind::RejectionNotice, "nl"));
    const auto ran = noteOf("O.note O+loan.note O+reminder.note O+rejection.note", "../out");
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("O+loan.note       made      ../out/O+loan.pdf\n"));
    EXPECT_THAT(ran.output, HasSubstr("O+rejection.note  made"));
    EXPECT_THAT(ran.output, HasSubstr("4 made, 0 refused\n"));
    const auto dispatch = textOf(desk_.path("out/O.pdf"));
    for (const auto* words : {"Mevrouw Y. van den Brink", "ZGL-26-000012-4", "3SZEGL42", "CR-42",
                              "uiterlijk op 2 januari 2027", "21 november 2026",
                              "Pas daarna gaat de brief met de codes op de post"}) {
        EXPECT_THAT(dispatch, HasSubstr(words));
    }
    EXPECT_THAT(textOf(desk_.path("out/O+loan.pdf")), HasSubstr("CR-42"));
    EXPECT_THAT(textOf(desk_.path("out/O+reminder.pdf")), HasSubstr("2 January 2027"));
    EXPECT_THAT(textOf(desk_.path("out/O+rejection.pdf")), HasSubstr("the CA knows no such group"));
    const auto single = noteOf("O.note", "../one.pdf");
    EXPECT_EQ(single.exitCode, 0) << single.output;
    EXPECT_EQ(textOf(desk_.path("one.pdf")), dispatch);
}

TEST_F(PinmailerNotes, refusesByNameWhatIsAlteredCutForeignOrNoNoteAndMakesTheOthers) {
    const auto whole = signedNote(seal::NoteKind::DispatchNote, "en");
    auto altered = whole;
    const auto name = bytesOf("Grootveen");
    std::ranges::search(altered, name).front() = 'g';
    lay("altered.note", altered);
    lay("cut.note", Bytes{whole.begin(), whole.end() - 9});
    const tests::MadeHouse elsewhere;
    lay("foreign.note",
        elsewhere.sealer().signNote(seal::encode(madeNote(seal::NoteKind::DispatchNote, "en"))));
    lay("letter.note", house_.letterFile());
    lay("whole.note", whole);
    const auto ran =
        noteOf("altered.note cut.note foreign.note letter.note none.note whole.note", "../out");
    EXPECT_EQ(ran.exitCode, 1);
    for (const auto* said :
         {"altered.note  refused   seal-broken: the record was altered",
          "cut.note      refused   seal-broken: the signed record is cut",
          "foreign.note  refused   seal-broken: the record is signed by somebody other",
          "letter.note   refused   seal-broken: the signed record is of another kind",
          "none.note     refused   request-refused: is not there; name a file",
          "whole.note    made", "1 made, 5 refused\n"}) {
        EXPECT_THAT(ran.output, HasSubstr(said));
    }
    EXPECT_EQ(run("ls " + desk_.path("out")).output, "whole.pdf\n");
    const auto again = noteOf("whole.note", "../out");
    EXPECT_EQ(again.exitCode, 1) << "replaces nothing";
    EXPECT_THAT(again.output, HasSubstr("refused   request-refused: "));
    EXPECT_EQ(noteOf("whole.note", "../x.png").exitCode, 2);
    EXPECT_EQ(noteOf("whole.note cut.note", "../x.pdf").exitCode, 2);
}

}  // namespace
}  // namespace zegel::press
