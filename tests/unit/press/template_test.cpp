#include "drivers/base/failure.h"
#include "pinmailer/press/letter_press.h"
#include "pinmailer/press/letter_template.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace zegel::press {
namespace {

using testing::HasSubstr;

const std::string Shipped = std::string{ZEGEL_SOURCE_DIR} + "/config/letters/pin-letter.nl.svg";
const Variant CardWithPuk{"smart-card", true};

std::string shippedText() {
    return textOf(tests::readFile(Shipped));
}

std::string with(std::string text, std::string_view old, std::string_view replacement) {
    const auto at = text.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return text.replace(at, old.size(), replacement);
}

std::string complaintOf(const std::string& svg, const Variant& variant = CardWithPuk) {
    const tests::MadeFolder folder;
    tests::writeFile(folder.path("bad.nl.svg"), bytesOf(svg));
    try {
        LetterPress{LetterTemplate::load(folder.path("bad.nl.svg"), variant), "nl"};
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
        EXPECT_THAT(failure.what(), HasSubstr("bad.nl.svg"));
        return failure.what();
    }
    return "loaded";
}

const Field& fieldNamed(const LetterTemplate& letterTemplate, std::string_view name) {
    const auto found = std::ranges::find(letterTemplate.fields(), name, &Field::name);
    EXPECT_NE(found, letterTemplate.fields().end()) << name;
    return *found;
}

TEST(ShippedTemplate, holdsTheRulesInEveryVariant) {
    for (const auto* language : {"nl", "en"}) {
        for (const auto* carrier : {"smart-card", "usb-token"}) {
            for (const bool puk : {true, false}) {
                const auto path = std::string{ZEGEL_SOURCE_DIR} + "/config/letters/pin-letter." +
                                  language + ".svg";
                EXPECT_NO_THROW(LetterTemplate::load(path, {carrier, puk})) << path;
            }
        }
    }
}

TEST(Template, leavesOutWhatBelongsOnOtherLetters) {
    const auto card = LetterTemplate::load(Shipped, CardWithPuk);
    EXPECT_THAT(card.fixedPart(), HasSubstr("De codes van uw smartcard"));
    EXPECT_EQ(card.fixedPart().find("USB-token"), std::string::npos);
    EXPECT_THAT(card.fixedPart(), HasSubstr("Pukcode"));
    const auto token = LetterTemplate::load(Shipped, {"usb-token", false});
    EXPECT_THAT(token.fixedPart(), HasSubstr("De codes van uw USB-token"));
    EXPECT_EQ(token.fixedPart().find("smartcard"), std::string::npos);
    EXPECT_EQ(token.fixedPart().find("ukcode"), std::string::npos);
}

TEST(Template, keepsNoSampleAndNothingOfItsOwnMarks) {
    const auto fixed = LetterTemplate::load(Shipped, CardWithPuk).fixedPart();
    for (const auto* left : {"012345", "Gemeente Voorbeeldstad", "zegel:", "21 november"}) {
        EXPECT_EQ(fixed.find(left), std::string::npos) << left;
    }
}

TEST(Template, movesTheAddressWithTheWindow) {
    const auto left = LetterTemplate::load(Shipped, CardWithPuk);
    const auto right = LetterTemplate::load(Shipped, CardWithPuk, std::array{100.0, 47.0});
    EXPECT_DOUBLE_EQ(fieldNamed(right, "address").x, fieldNamed(left, "address").x + 80);
    EXPECT_DOUBLE_EQ(fieldNamed(right, "address").y, fieldNamed(left, "address").y + 2);
    EXPECT_DOUBLE_EQ(fieldNamed(right, "pin").y, fieldNamed(left, "pin").y);
    EXPECT_THAT(right.fixedPart(), HasSubstr("translate(80 2)"));
}

TEST(Template, refusesAWindowWhereCodesWouldShow) {
    try {
        LetterTemplate::load(Shipped, CardWithPuk, std::array{20.0, 95.0});
        FAIL() << "loaded";
    } catch (const Failure& failure) {
        EXPECT_THAT(failure.what(), HasSubstr("nearer than 10 mm to the window"));
    }
}

TEST(Template, isRefusedByFileLineAndRule) {
    const auto text = shippedText();
    EXPECT_EQ(complaintOf(text), "loaded");
    EXPECT_THAT(
        complaintOf(with(text, "zegel:field=\"order\"", "zegel:field=\"odrer\"")),
        testing::ContainsRegex("bad.nl.svg:[0-9]+: there is no field odrer; a pin-letter has "
                               "address, .*order, "));
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"date\"", "zegel:field=\"dat\"")),
                HasSubstr("there is no field dat"));
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"date\"", "zegel:field=\"order\"")),
                HasSubstr("stands here twice"));
    EXPECT_THAT(complaintOf(with(text, "zegel:width=\"92\"", "zegel:widht=\"92\"")),
                HasSubstr("unknown attribute zegel:widht"));
    EXPECT_THAT(complaintOf(with(text, "zegel:width=\"92\"", "zegel:width=\"wide\"")),
                HasSubstr("zegel:width, a length"));
    EXPECT_THAT(complaintOf(with(text, "zegel:width=\"92\"", "zegel:width=\"nan\"")),
                HasSubstr("zegel:width, a length"));
    EXPECT_THAT(complaintOf(with(text, "zegel:when=\"puk\"", "zegel:when=\"pukk\"")),
                HasSubstr("zegel:when=\"pukk\""));
    EXPECT_THAT(complaintOf(with(text, "zegel:zone=\"codes\"", "zegel:zone=\"code\"")),
                HasSubstr("known are window, codes and mark"));
    EXPECT_THAT(complaintOf(with(text, "viewBox=\"0 0 210 297\"", "viewBox=\"0 0 216 279\"")),
                HasSubstr("viewBox"));
    EXPECT_THAT(complaintOf(with(text, "urn:zegel:letter:1", "urn:zegel:letter:2")),
                HasSubstr("urn:zegel:letter:1"));
    EXPECT_THAT(complaintOf(with(text, "</svg>", "<script>1</script></svg>")),
                HasSubstr("no place in a letter"));
    EXPECT_THAT(complaintOf(with(text, "</svg>", "<image href=\"logo.png\"/></svg>")),
                HasSubstr("refers to another file"));
    EXPECT_THAT(complaintOf(with(text, "</svg>", "")), HasSubstr("ended unexpectedly"));
    EXPECT_THAT(complaintOf("not a template"), HasSubstr("bad.nl.svg"));
    EXPECT_THAT(complaintOf(with(text, "\"Open Sans, DejaVu Sans\"", "\"No Such Sans\"")),
                HasSubstr("bad.nl.svg"));
}

TEST(Template, isRefusedWhenTheAddressWouldNotShow) {
    const auto text = shippedText();
    EXPECT_THAT(complaintOf(with(text, "zegel:width=\"92\"", "zegel:width=\"95\"")),
                HasSubstr("not 3 mm inside the window"));
    EXPECT_THAT(complaintOf(with(text, "x=\"20\" y=\"45\" width=\"100\" height=\"40\"",
                                 "x=\"20\" y=\"45\" width=\"100\" height=\"36\"")),
                HasSubstr("not 3 mm inside the window"));
    for (const auto* smallest : {"3.5", "4.24"}) {  // millimetres; 10 pt are 3.53, 12 pt 4.23
        EXPECT_THAT(complaintOf(with(with(text, "3.53", smallest), "font-size=\"3.9\"",
                                     "font-size=\"4.24\"")),
                    HasSubstr("in which the post reads it"))
            << smallest;
    }
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"date\" x=\"190\" y=\"24.6\"",
                                 "zegel:field=\"date\" x=\"119\" y=\"48\"")),
                HasSubstr("would show in the window"));
}

TEST(Template, isRefusedWhenACodeStandsWhereItMustNot) {
    const auto text = shippedText();
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"pin\" x=\"106\" y=\"153.1\"",
                                 "zegel:field=\"pin\" x=\"106\" y=\"143\"")),
                HasSubstr("pin leaves the code zone"));
    EXPECT_THAT(complaintOf(with(text, "zegel:smallest=\"4\"", "zegel:smallest=\"2\"")),
                HasSubstr("too small for a code"));
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"pin\"",
                                 "zegel:before=\"PIN: \" zegel:field=\"pin\"")),
                HasSubstr("nothing around it"));
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"puk\" x=\"106\" y=\"170.7\"",
                                 "zegel:field=\"puk\" x=\"106\" y=\"155\"")),
                HasSubstr("covers the field pin"));
    // The same zone lower down, across the fold.
    EXPECT_THAT(complaintOf(with(with(text,
                                      "zegel:zone=\"codes\" x=\"25\" y=\"142\" width=\"165\" "
                                      "height=\"53\"",
                                      "zegel:zone=\"codes\" x=\"25\" y=\"142\" width=\"165\" "
                                      "height=\"100\""),
                                 "zegel:field=\"puk\" x=\"106\" y=\"170.7\"",
                                 "zegel:field=\"puk\" x=\"106\" y=\"200\"")),
                HasSubstr("fold at 198"));
}

TEST(Template, isRefusedWhenOnlySomeProductsCouldUseIt) {
    const auto text = shippedText();
    // A PUK that stands on every letter has nothing to say on one without.
    auto always = text;
    for (auto at = always.find("zegel:when=\"puk\""); at != std::string::npos;
         at = always.find("zegel:when=\"puk\"")) {
        always.erase(at, 16);
    }
    EXPECT_NE(complaintOf(always, {"smart-card", false}), "loaded");
    EXPECT_THAT(complaintOf(with(text, "zegel:field=\"puk-tries\"", "id=\"gone\"")),
                HasSubstr("puk-tries is missing"));
}

TEST(Template, setsCodesOnlyInTypeOfOneWidth) {
    EXPECT_THAT(
        complaintOf(with(shippedText(), "font-family=\"DejaVu Sans Mono\" font-size=\"6.4\"",
                         "font-family=\"Open Sans\" font-size=\"6.4\"")),
        HasSubstr("bad.nl.svg"));
}

TEST(Groups, areOfThreeOrFourAndTheRevocationCodesOfFour) {
    using Groups = std::vector<std::size_t>;
    EXPECT_EQ(groupsOf(4, false), (Groups{4}));
    EXPECT_EQ(groupsOf(5, false), (Groups{5}));
    EXPECT_EQ(groupsOf(6, false), (Groups{3, 3}));
    EXPECT_EQ(groupsOf(7, false), (Groups{4, 3}));
    EXPECT_EQ(groupsOf(8, false), (Groups{4, 4}));
    EXPECT_EQ(groupsOf(9, false), (Groups{3, 3, 3}));
    EXPECT_EQ(groupsOf(10, false), (Groups{4, 3, 3}));
    EXPECT_EQ(groupsOf(12, false), (Groups{4, 4, 4}));
    EXPECT_EQ(groupsOf(12, true), (Groups{4, 4, 4}));
    EXPECT_EQ(groupsOf(10, true), (Groups{4, 4, 2}));
    EXPECT_EQ(groupsOf(24, true), (Groups{4, 4, 4, 4, 4, 4}));
}

}  // namespace
}  // namespace zegel::press
