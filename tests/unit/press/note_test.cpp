#include "pinmailer/press/note.h"

#include "pinmailer/press/presses.h"
#include "tests/unit/press/made_letter.h"
#include "tests/unit/press/read_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace zegel::press {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using tests::printed;
using tests::ReadBack;

Note dispatchNote() {
    Note note{LetterId{"2026-000123"},
              "dispatch-note",
              "nl",
              {"Gemeente Grootveen", "Mevrouw Y. van den Brink", "1234 AB  GROOTVEEN"},
              {},
              TimePoint{std::chrono::seconds{1795253400}}};
    note.fields = {{"order", "2026-000123"},
                   {"organisation", "Gemeente Grootveen"},
                   {"certificate-name", "Burgerzaken balie"},
                   {"certificate-number", "ZGL-26-000012-4"},
                   {"carrier", "smart-card"},
                   {"release", "after-receipt"}};
    return note;
}

Note noteOf(const std::string& kind) {
    auto note = dispatchNote();
    note.templateName = kind;
    const auto give = [&](const char* field, const char* value) { note.fields[field] = value; };
    if (kind == "reminder") give("receive-by", "2027-01-02");
    if (kind == "loan-note" || kind == "rejection-notice") note.fields.erase("release");
    if (kind == "loan-note") {
        give("loan-kind", "reader");
        give("loan-serial", "CR-4711");
    }
    if (kind == "rejection-notice") {
        note.fields.erase("certificate-number");
        give("reason", "Het KvK-nummer hoort niet bij deze organisatie.");
    }
    return note;
}

std::string complaintOf(const Note& note) {
    try {
        printed(note);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LetterUnusable) << failure.what();
        return failure.what();
    }
    return "printed";
}

std::string complaintOf(const std::function<void(Note&)>& change) {
    auto note = dispatchNote();
    change(note);
    return complaintOf(note);
}

TEST(DispatchNote, tellsWhatComesAndHowToConfirmIt) {
    const auto text = ReadBack{printed(dispatchNote())}.text();
    EXPECT_THAT(text, AllOf(HasSubstr("Uw smartcard"), HasSubstr("Burgerzaken balie"),
                            HasSubstr("ZGL-26-000012-4"), HasSubstr("2026-000123"),
                            HasSubstr("Mevrouw Y. van den Brink"),
                            HasSubstr("Bevestig de ontvangst op www.voorbeeld.nl/ontvangst"),
                            HasSubstr("Pas daarna gaat de brief met de codes op de post")));
    EXPECT_THAT(text, AllOf(HasSubstr("21 november 2026"), Not(HasSubstr("bruikleen")),
                            Not(HasSubstr("Zending")), Not(HasSubstr("USB"))));
}

TEST(DispatchNote, showsWhatAnotherOneDoesNotHave) {
    auto note = dispatchNote();
    note.language = "en";
    note.fields["carrier"] = "usb-token";
    note.fields["release"] = "after-dispatch";
    note.fields["track"] = "3SZEGL01";
    note.fields["loan-kind"] = "token";
    note.fields["loan-serial"] = "UT-4711";
    note.fields["receive-by"] = "2027-01-02";
    const auto text = ReadBack{printed(note)}.text();
    EXPECT_THAT(text, AllOf(HasSubstr("Your USB token"), HasSubstr("3SZEGL01"),
                            HasSubstr("On loan"), HasSubstr("The USB token remains ours"),
                            HasSubstr("UT-4711"), HasSubstr("by 2 January 2027 at the latest"),
                            HasSubstr("Give the USB token only to a holder")));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("card reader")), Not(HasSubstr("Only then"))));
}

TEST(Note, ofEveryKindIsAPageOfA4InBothLanguages) {
    for (const auto* kind : {"dispatch-note", "loan-note", "rejection-notice", "reminder"}) {
        for (const auto* language : {"nl", "en"}) {
            auto note = noteOf(kind);
            note.language = language;
            const ReadBack paper{printed(note)};
            EXPECT_LT(paper.size(), 60U * 1024) << kind;
            EXPECT_THAT(paper.tool("pdfinfo"),
                        AllOf(HasSubstr("A4"), HasSubstr("Pages:           1")))
                << kind;
            EXPECT_THAT(paper.text(), HasSubstr("2026-000123")) << kind << ' ' << language;
        }
    }
}

TEST(Note, isRefusedByTheFieldThatItLacksOrThatHasNoPlace) {
    EXPECT_THAT(complaintOf([](Note& note) { note.fields.erase("certificate-number"); }),
                HasSubstr("the note 2026-000123 lacks the field certificate-number"));
    EXPECT_THAT(complaintOf([](Note& note) { note.fields["pin"] = "073915"; }),
                HasSubstr("has the field pin, which a dispatch-note has no place for"));
    EXPECT_THAT(complaintOf([](Note& note) { note.fields["address"] = "elsewhere"; }),
                HasSubstr("has the field address, which"));
    EXPECT_THAT(complaintOf([](Note& note) { note.fields["organisation"] = ""; }),
                HasSubstr("has nothing in its field organisation"));
    EXPECT_THAT(complaintOf([](Note& note) { note.fields["release"] = "now"; }),
                HasSubstr("has release \"now\""));
    EXPECT_THAT(complaintOf([](Note& note) { note.fields["loan-serial"] = "CR-1"; }),
                HasSubstr("only one of loan-kind and loan-serial"));
    for (const auto* wrong : {"2026-02-30", "2026-2-3", "tomorrow", "2026-11-21T00:00:00Z"}) {
        EXPECT_THAT(complaintOf([&](Note& note) { note.fields["receive-by"] = wrong; }),
                    HasSubstr("which is no day like 2026-11-21"))
            << wrong;
    }
}

TEST(Note, isRefusedByFieldWhenItCannotFit) {
    EXPECT_THAT(
        complaintOf([](Note& note) { note.fields["organisation"] = std::string(200, 'W'); }),
        HasSubstr("the organisation does not fit"));
    EXPECT_THAT(complaintOf([](Note& note) { note.fields["certificate-name"] = "東京都"; }),
                HasSubstr("the certificate-name holds U+6771"));
}

TEST(Note, isNoLetterAndALetterIsNoNote) {
    Presses presses{tests::Templates, std::nullopt};
    auto note = dispatchNote();
    note.templateName = "pin-letter";
    auto& letterPress = presses.pressFor("pin-letter", "nl", {"smart-card", true});
    EXPECT_THROW(letterPress.print(std::span<const Note>{&note, 1}, [](ByteView) {}), Failure);
    const auto letter = tests::opened();
    auto& notePress = presses.pressFor(dispatchNote());
    EXPECT_THROW(notePress.print(std::span{&letter, 1}, [](ByteView) {}), Failure);
}

}  // namespace
}  // namespace zegel::press
