#include "drivers/base/failure.h"
#include "pinmailer/press/letter_press.h"
#include "pinmailer/press/presses.h"
#include "pinmailer/press/variants.h"
#include "tests/unit/press/read_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace zegel::press {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string shippedText(const std::string& name) {
    return textOf(tests::readFile(tests::Templates + "/" + name + ".svg"));
}

std::string with(std::string text, std::string_view old, std::string_view replacement) {
    const auto at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return at == std::string::npos ? text : text.replace(at, old.size(), replacement);
}

std::string complaintOf(const std::string& svg, const Variant& variant = {"smart-card", true}) {
    const tests::MadeFolder folder;
    tests::writeFile(folder.path("bad.nl.svg"), bytesOf(svg));
    try {
        const LetterPress loaded{LetterTemplate::load(folder.path("bad.nl.svg"), variant), "nl"};
        loaded.expectWordsInPlace();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
        EXPECT_THAT(failure.what(), HasSubstr("bad.nl.svg"));
        return failure.what();
    }
    return "loaded";
}

const Variant DispatchOfACard{
    "smart-card", false, {"after-receipt", "with-date", "loan-reader", "with-loan-serial"}};

TEST(Template, isRefusedWhenAFieldHasNoRoomForTheLongestItMayHold) {
    const auto text = shippedText("pin-letter.nl");
    EXPECT_EQ(complaintOf(text), "loaded");
    EXPECT_THAT(complaintOf(with(text,
                                 "zegel:width=\"112\" zegel:height=\"2.9\" zegel:leading=\"3.9\" "
                                 "zegel:smallest=\"2.5\">Burgerzaken",
                                 "zegel:width=\"112\">Burgerzaken")),
                HasSubstr("the field certificate-name has no room for the longest"));
    EXPECT_THAT(complaintOf(with(text, "zegel:height=\"23.5\"", "zegel:height=\"18\"")),
                HasSubstr("the field address has no room for the longest"));
    EXPECT_THAT(complaintOf(with(text, "zegel:width=\"60\" zegel:before=\"Aantal pogingen: \"",
                                 "zegel:width=\"24\" zegel:before=\"Aantal pogingen: \"")),
                HasSubstr("the field pin-tries has no room"));
    EXPECT_THAT(complaintOf(with(text, "zegel:width=\"50\"", "zegel:width=\"20\"")),
                HasSubstr("the field date has no room"));
    EXPECT_THAT(complaintOf(with(text, "zegel:width=\"81\" zegel:smallest=\"4\">ABCDEFGHJKMN",
                                 "zegel:width=\"60\" zegel:smallest=\"4\">ABCDEFGHJKMN")),
                HasSubstr("does not fit 24 symbols into its width"));
}

TEST(Template, isRefusedWhenItsOwnWordsRunIntoSomething) {
    const auto text = shippedText("pin-letter.nl");
    const auto withWords = [&](const std::string& words) {
        return complaintOf(with(text, "</svg>", "<text " + words + "</text></svg>"));
    };
    EXPECT_EQ(withWords("x=\"130\" y=\"60\">aside"), "loaded");
    EXPECT_THAT(withWords("x=\"100\" y=\"153\">over the PIN"),
                HasSubstr("the text runs into the field pin"));
    EXPECT_THAT(withWords("x=\"100\" y=\"60\">in the window"),
                HasSubstr("the text would show in the window"));
    EXPECT_THAT(withWords("x=\"195\" y=\"60\">beyond the edge of the sheet"),
                HasSubstr("the text leaves the sheet"));
    EXPECT_THAT(withWords("x=\"170\" y=\"270\">over the mark"),
                HasSubstr("the text covers the zone mark"));
    EXPECT_THAT(withWords("transform=\"translate(100 153)\" x=\"0\" y=\"0\">over the PIN"),
                HasSubstr("the text runs into the field pin"));
    EXPECT_THAT(complaintOf(with(text, "<text class=\"return\" x=\"25\"",
                                 "<text class=\"return\" x=\"70\"")),
                HasSubstr("moves with the window and leaves it"));
}

TEST(Template, hasAPlaceForTheMachinesMark) {
    const auto text = shippedText("pin-letter.nl");
    const std::string mark = "zegel:zone=\"mark\" x=\"174\" y=\"260\" width=\"16\" height=\"16\"";
    EXPECT_THAT(complaintOf(with(text, mark, "")), HasSubstr("has no <rect zegel:zone=\"mark\">"));
    const auto at = [&](const std::string& place) {
        return complaintOf(with(text, mark, "zegel:zone=\"mark\" " + place));
    };
    EXPECT_THAT(at("x=\"174\" y=\"262\" width=\"9\" height=\"9\""), HasSubstr("10 mm or more"));
    EXPECT_THAT(at("x=\"174\" y=\"262\" width=\"16\" height=\"12\""), HasSubstr("not a square"));
    EXPECT_THAT(at("x=\"192\" y=\"260\" width=\"16\" height=\"16\""), HasSubstr("to the edge"));
    EXPECT_THAT(at("x=\"123\" y=\"60\" width=\"16\" height=\"16\""), HasSubstr("to the window"));
    EXPECT_THAT(at("x=\"174\" y=\"122\" width=\"16\" height=\"16\""),
                HasSubstr("to the code zone"));
    EXPECT_THAT(at("x=\"174\" y=\"200\" width=\"16\" height=\"16\""), HasSubstr("fold at 198"));
    EXPECT_THAT(at("x=\"130\" y=\"12\" width=\"16\" height=\"16\""),
                HasSubstr("the field date covers the zone mark"));
}

TEST(NoteTemplate, isRefusedWhenItIsNoNote) {
    const auto text = shippedText("dispatch-note.nl");
    EXPECT_EQ(complaintOf(text, DispatchOfACard), "loaded");
    const auto withMore = [&](const std::string& more) {
        return complaintOf(with(text, "</svg>", more + "</svg>"), DispatchOfACard);
    };
    EXPECT_THAT(
        withMore("<rect zegel:zone=\"codes\" x=\"25\" y=\"200\" width=\"9\" height=\"9\"/>"),
        HasSubstr("a dispatch-note holds no codes"));
    EXPECT_THAT(withMore("<text zegel:field=\"pin\" x=\"130\" y=\"60\" zegel:width=\"30\" "
                         "font-family=\"Open Sans\" font-size=\"4\">0</text>"),
                HasSubstr("there is no field pin; a dispatch-note has address, order"));
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"certificate-number\"", "id=\"gone\""),
                            DispatchOfACard),
                HasSubstr("certificate-number is missing on a dispatch-note"));
    EXPECT_THAT(complaintOf(with(text, "zegel:when=\"with-loan-serial\">CR", ">CR"),
                            {"smart-card", false, {"after-receipt", "with-date"}}),
                HasSubstr("needs zegel:when=\"with-loan-serial\""));
    EXPECT_THAT(complaintOf(with(text, "zegel:when=\"loan-reader\"", "zegel:when=\"loan-car\""),
                            DispatchOfACard),
                AllOf(HasSubstr("zegel:when=\"loan-car\""), HasSubstr("without-track")));
    EXPECT_THAT(complaintOf(with(text, "zegel:kind=\"dispatch-note\"", "zegel:kind=\"invoice\""),
                            DispatchOfACard),
                HasSubstr("known are pin-letter, dispatch-note"));
    EXPECT_THAT(complaintOf(with(text, " zegel:kind=\"dispatch-note\"", ""), DispatchOfACard),
                HasSubstr("bad.nl.svg"));
}

TEST(Variants, areEveryWayThatALetterMayBePrinted) {
    EXPECT_EQ(everyVariant(*kindNamed("pin-letter")).size(), 2U * 2U);  // carriers, PUK or none
    // Carriers, a release that is told or not, no loan or one of two, with or without track and
    // day.
    EXPECT_EQ(everyVariant(*kindNamed("dispatch-note")).size(), 2U * 3U * 3U * 2U * 2U * 2U);
    EXPECT_EQ(everyVariant(*kindNamed("loan-note")).size(), 2U * 2U);
    EXPECT_EQ(everyVariant(*kindNamed("rejection-notice")).size(), 2U);
    EXPECT_EQ(everyVariant(*kindNamed("reminder")).size(), 2U * 3U);
}

TEST(ShippedTemplates, holdTheirRulesInEveryVariantAndRoomForTheLongest) {
    Presses presses{tests::Templates, std::nullopt};
    const auto names = presses.names();
    EXPECT_EQ(names.size(), 5U * 2U);
    for (const auto& [name, language] : names) {
        const auto variants = everyVariant(presses.kindOf(name, language));
        for (const auto& variant : variants) {
            EXPECT_NO_THROW(presses.pressFor(name, language, variant)) << name << '.' << language;
        }
        for (const auto& variant : {variants.front(), variants.back()}) {
            EXPECT_NO_THROW(presses.pressFor(name, language, variant).expectWordsInPlace())
                << name << '.' << language;
        }
    }
}

}  // namespace
}  // namespace zegel::press
