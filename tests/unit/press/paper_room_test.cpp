// What the station lets through as an address against what the press makes of it: the station has
// no typefaces, and no card may be made whose letter cannot be.

#include "station/orders/paper_room.h"

#include "cardprofiles/letter_characters.h"
#include "pinmailer/press/fitted_text.h"
#include "pinmailer/press/set_paragraphs.h"
#include "pinmailer/seal/note.h"
#include "station/orders/order_form.h"
#include "station/orders/written_text.h"
#include "tests/unit/press/read_back.h"

#include <Poco/UnicodeConverter.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace zegel::press {
namespace {

const Field& fieldOf(const LetterTemplate& loaded, std::string_view name) {
    return *std::ranges::find(loaded.fields(), name, &Field::name);
}

const Field& addressField() {
    static const auto loaded =
        LetterTemplate::load(tests::Templates + "/pin-letter.nl.svg", {"smart-card", true});
    return fieldOf(loaded, "address");
}

class Paper {
public:
    explicit Paper(const std::string& templateName, std::set<std::string> also = {})
        : loaded_(LetterTemplate::load(tests::Templates + "/" + templateName + ".svg",
                                       {"smart-card", false, std::move(also)})) {
        setForPaper(*context_);
    }

    /// "" when the field can say it.
    std::string refusalOf(std::string_view field, const std::string& text) {
        SetParagraphs paragraphs{*context_};
        try {
            const auto& place = fieldOf(loaded_, field);
            FittedText::fitSmallest(paragraphs, place, place.before + text + place.after);
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    }

private:
    LetterTemplate loaded_;
    GlibObjectPtr<PangoContext> context_{
        pango_font_map_create_context(pango_cairo_font_map_get_default())};
};

TEST(AddressRoom, takesNoLetterForNarrowerThanItStandsOnPaper) {
    const GlibObjectPtr<PangoContext> context{
        pango_font_map_create_context(pango_cairo_font_map_get_default())};
    setForPaper(*context);
    SetParagraphs paragraphs{*context};
    const auto& field = addressField();
    int letters = 0;
    for (const auto& range : cardprofiles::shippedLetterCharacters()) {
        for (auto letter = range.first; letter <= range.last; ++letter, ++letters) {
            std::string text;
            Poco::UnicodeConverter::convert(Poco::UTF32String{static_cast<Poco::UTF32Char>(letter)},
                                            text);
            const auto& set = paragraphs.set(field, stepsOf(field), text);
            EXPECT_LE(set.lines.front().width, station::widestOnLetter(text) + 0.005) << text;
        }
    }
    EXPECT_GT(letters, 2000);
}

/// Lines of such words, as long as an order may bring and the station lets through.
std::vector<std::string> fullest(const std::string& word, std::size_t lines) {
    constexpr std::size_t LongestLine = 50;
    std::vector<std::string> address(lines, word);
    for (auto& line : address) {
        for (auto whole = line;; whole = line) {
            line += " " + word;
            const bool allowed = station::charactersIn(line) <= LongestLine;
            if (allowed && station::whyNoRoomFor(address).empty()) continue;
            line = whole;
            break;
        }
    }
    return address;
}

std::string withoutSpaces(std::string text) {
    std::erase_if(text, [](char letter) { return letter == ' ' || letter == '\n'; });
    return text;
}

TEST(AddressRoom, isOnPaperForEveryAddressThatTheStationTakes) {
    for (const auto* word : {"W", "m", "%@", "WWWWWWWWWWWW", "NOORD-OOST", "woonhuis", "(W", "W)",
                             "AV", "i", "Ю", "Œ", "é"}) {
        for (const std::size_t lines : {3, 6}) {  // three of two lines each, or six of one
            const auto address = fullest(word, lines);
            std::string whole;
            for (const auto& line : address)
                whole += line;
            const tests::ReadBack letter{
                tests::opened([&](auto& made, auto&) { made.address = address; })};
            EXPECT_THAT(withoutSpaces(letter.text()), testing::HasSubstr(withoutSpaces(whole)));
        }
    }
}

TEST(AddressRoom, isRefusedWhenItMayTakeMoreThanSixLines) {
    std::vector<std::string> address(6, "Noord-Oost");
    EXPECT_EQ(station::whyNoRoomFor(address), "");
    address[1] = "STICHTING SAMENWERKENDE WOONCORPORATIES NOORD-OOST";  // 109.5 mm
    EXPECT_THAT(station::whyNoRoomFor(address), testing::HasSubstr("may take 7 lines"));
    address.pop_back();
    EXPECT_EQ(station::whyNoRoomFor(address), "");
    address[1] = std::string(40, 'W');
    EXPECT_THAT(station::whyNoRoomFor(address), testing::HasSubstr("wider than the window"));
}

TEST(NoteRoom, holdsEveryNumberOfAShipmentAndOfALoanThatTheStationTakes) {
    for (const std::string language : {"nl", "en"}) {
        Paper dispatch{"dispatch-note." + language,
                       {"with-track", "with-loan-serial", "loan-reader", "after-receipt"}};
        Paper loan{"loan-note." + language, {"loan-reader"}};
        for (char letter = '!'; letter <= '~'; ++letter) {
            const std::string track(station::TrackNumber.longest, letter);
            const std::string serial(station::LoanSerial.longest, letter);
            ASSERT_TRUE(station::isOnLabel(track));
            EXPECT_EQ(dispatch.refusalOf("track", track), "") << letter;
            EXPECT_EQ(dispatch.refusalOf("loan-serial", serial), "") << letter;
            EXPECT_EQ(loan.refusalOf("loan-serial", serial), "") << letter;
        }
    }
    EXPECT_FALSE(station::isOnLabel("CR-2026 \u00E9"));
}

seal::Note noticeThatSays(const std::string& reason) {
    seal::Note note;
    note.kind = seal::NoteKind::RejectionNotice;
    note.language = "nl";
    note.address = {"A", "Straat 1", "1234 AB  DORP"};
    note.organisation = note.certificateName = "A";
    note.orderReference = "O-1";
    note.carrier = "smart-card";
    note.reason = reason;
    return note;
}

TEST(NoteRoom, holdsEveryReasonThatTheStationTakes) {
    const auto& printable = cardprofiles::shippedLetterCharacters();
    Paper dutch{"rejection-notice.nl"}, english{"rejection-notice.en"};
    int longest = 0;
    for (const std::string letter : {"W", "i", "n", "%", "Ю", "Œ", "Ǆ", "Ա", "é", "ა", "ḁ"}) {
        for (const std::size_t size : {1, 4, 20, 31, 36, 47, 60, 85}) {
            std::string word;
            for (std::size_t at = 0; at < size; ++at)
                word += letter;
            auto reason = word;
            while (station::charactersIn(reason) + size < 512 &&
                   station::whyNoNoticeSays(reason + " " + word, printable).empty())
                reason += " " + word;
            if (!station::whyNoNoticeSays(reason, printable).empty()) continue;
            ++longest;
            EXPECT_EQ(dutch.refusalOf("reason", reason), "") << size << " times " << letter;
            EXPECT_EQ(english.refusalOf("reason", reason), "") << size << " times " << letter;
            EXPECT_NO_THROW(seal::encode(noticeThatSays(reason))) << reason;
        }
    }
    EXPECT_GT(longest, 40);
}

}  // namespace
}  // namespace zegel::press
