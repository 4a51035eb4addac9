// What the station lets through as an address against what the press makes of it: the station has
// no typefaces, and no card may be made whose letter cannot be.

#include "station/orders/address_room.h"

#include "cardprofiles/letter_characters.h"
#include "pinmailer/press/set_paragraphs.h"
#include "station/orders/written_text.h"
#include "tests/unit/press/read_back.h"

#include <Poco/UnicodeConverter.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace zegel::press {
namespace {

const Field& addressField() {
    static const auto loaded =
        LetterTemplate::load(tests::Templates + "/pin-letter.nl.svg", {"smart-card", true});
    return *std::ranges::find(loaded.fields(), "address", &Field::name);
}

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

}  // namespace
}  // namespace zegel::press
