#include "pinmailer/press/presses.h"
#include "tests/unit/press/made_letter.h"
#include "tests/unit/press/read_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace zegel::press {
namespace {

using testing::HasSubstr;
using tests::opened;
using tests::printed;
using tests::ReadBack;
using tests::Templates;

std::string complaintOf(const OpenedLetter& letter) {
    try {
        printed(letter);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LetterUnusable);
        return failure.what();
    }
    return "printed";
}

TEST(PrintedLetter, readsBackExactly) {
    const auto text = ReadBack{opened()}.text();
    for (const auto* expected :
         {"073 915", "9012 4876", "ABCD EFGH JKM6", "Gemeente Grootveen", "Afdeling Burgerzaken",
          "Mevrouw Y. van den Brink", "Stationsplein 12", "GROOTVEEN", "Burgerzaken balie", "12-4",
          "2026-000123", "Aantal pogingen: 3", "Aantal pogingen: 5", "21 november 2026",
          "Brief 7f3a9c", "smartcard"}) {
        EXPECT_THAT(text, HasSubstr(expected));
    }
    EXPECT_EQ(text.find("USB"), std::string::npos);
}

TEST(PrintedLetter, speaksEnglishAndOfTokens) {
    const auto text = ReadBack{opened([](auto& letter, auto&) {
                          letter.language = "en";
                          letter.carrier = "usb-token";
                      })}.text();
    for (const auto* expected : {"073 915", "Revocation code", "USB token", "21 November 2026"}) {
        EXPECT_THAT(text, HasSubstr(expected));
    }
    EXPECT_EQ(text.find("smart card"), std::string::npos);
}

TEST(PrintedLetter, saysNothingOfAPukThatIsNotThere) {
    const auto text = ReadBack{opened([](auto& letter, auto& codes) {
                          codes.puk = {};
                          letter.pukTries = 0;
                      })}.text();
    EXPECT_THAT(text, HasSubstr("073 915"));
    EXPECT_EQ(text.find("ukcode"), std::string::npos);
}

TEST(PrintedLetter, isOnePageOfA4WithEmbeddedTypeUnderSixtyKilobytes) {
    const ReadBack letter{opened()};
    EXPECT_LT(letter.size(), 60U * 1024);
    const auto about = letter.tool("pdfinfo");
    EXPECT_THAT(about, HasSubstr("A4"));
    EXPECT_THAT(about, testing::ContainsRegex("Pages: +1\n"));
    std::istringstream fonts{letter.tool("pdffonts")};
    int count = 0;
    for (std::string line; std::getline(fonts, line);) {
        if (line.find("+") == std::string::npos) continue;
        ++count;
        EXPECT_THAT(line, testing::ContainsRegex("OpenSans|DejaVuSansMono-Bold"));
        EXPECT_THAT(line, HasSubstr(" yes yes yes "));  // embedded, a subset, with its letters
    }
    EXPECT_GE(count, 3);
    EXPECT_THAT(letter.tool("qpdf --check"), HasSubstr("No syntax or stream encoding errors"));
}

TEST(PrintedLetter, isTheSameEveryTime) {
    const auto letter = opened();
    EXPECT_EQ(printed(letter), printed(letter));
}

TEST(PrintedLetter, keepsAddressAndCodesWhereTheyBelong) {
    const auto press = LetterTemplate::load(Templates + "/pin-letter.nl.svg", {"smart-card", true});
    const auto& window = press.window();
    const auto& zone = press.codeZone();
    bool address = false;
    int codes = 0;
    for (const auto& word : ReadBack{opened()}.words()) {
        EXPECT_LE(word.right, 190.1) << word.text;  // the right margin
        if (word.text == "Stationsplein") {
            address = true;
            EXPECT_NEAR(word.left, 25, 0.5);
        }
        const bool inWindow = word.top < window.bottom() && word.bottom > window.y;
        if (inWindow) {
            EXPECT_GE(word.left, window.x + 3 - 0.5) << word.text;
            EXPECT_LE(word.right, window.right() - 3 + 0.5) << word.text;
            EXPECT_LE(word.bottom, window.bottom() - 3 + 0.5) << word.text;
        }
        if (word.text == "073" || word.text == "9012" || word.text == "JKM6") {
            ++codes;
            EXPECT_GE(word.top, zone.y);
            EXPECT_LE(word.bottom, zone.bottom());
            EXPECT_LE(word.right, zone.right());
            EXPECT_NEAR(word.left, word.text == "JKM6" ? word.left : 106, 0.5);
        }
    }
    EXPECT_TRUE(address);
    EXPECT_EQ(codes, 3);
}

TEST(PrintedLetter, putsBaselinesWhereTheTemplateSays) {
    // Poppler's box of a word in one type at one size: its top is a fixed part above the baseline.
    std::vector<double> tops;
    for (const auto& word : ReadBack{opened()}.words()) {
        if (word.left > 24.5 && word.left < 25.5 && word.top > 50.5 && word.top < 80) {
            tops.push_back(word.top);
        }
    }
    ASSERT_EQ(tops.size(), 5U);  // a line each
    for (std::size_t at = 1; at < tops.size(); ++at) {
        EXPECT_NEAR(tops[at] - tops[at - 1], 4.7, 0.05);
    }
}

TEST(PrintedLetter, bringsTwoSpacesBeforeTheTown) {
    double end = 0;
    double start = 0;
    for (const auto& word : ReadBack{opened()}.words()) {
        if (word.text == "AB" && word.top < 85) end = word.right;
        if (word.text == "GROOTVEEN") start = word.left;
    }
    EXPECT_NEAR(start - end, 2 * 0.26 * 3.9, 0.1);  // a space of Open Sans is 0.26 of the size
}

TEST(PrintedLetter, fitsNamesOfManyTongues) {
    const auto text =
        ReadBack{opened([](auto& letter, auto&) {
            letter.address = {
                "Ministère de l'Économie", "Łódź Đorđević ẞ Ǆ ĳ Ÿ", "Ελληνική Δημοκρατία",
                "Държавна агенция Їжак",   "Þórðargata 3",          "1234 AB  'S-GRAVENHAGE"};
            letter.certificateName = "Gemeente Súdwest-Fryslân – Wymbritseradiel";
            letter.organisation = "Λάρισα & Пловдив <b>";
        })}.text();
    for (const auto* expected :
         {"Ministère de l'Économie", "Łódź Đorđević ẞ Ǆ ĳ Ÿ", "Ελληνική Δημοκρατία",
          "Държавна агенция Їжак", "Þórðargata 3", "'S-GRAVENHAGE",
          "Gemeente Súdwest-Fryslân – Wymbritseradiel", "Λάρισα & Пловдив <b>"}) {
        EXPECT_THAT(text, HasSubstr(expected));
    }
}

TEST(PrintedLetter, shrinksAndWrapsTheLongestNamesThereMayBe) {
    // RFC 5280: 64 characters; here the widest letters and ordinary words.
    std::string wide;
    for (int word = 0; word < 8; ++word) {
        wide += word == 0 ? "WWWWWWWW" : " WWWWWWW";
    }
    const std::string ordinary = "Samenwerkingsverband Informatievoorziening Noord-Oost Nederland1";
    const ReadBack letter{opened([&](auto& made, auto&) {
        made.certificateName = wide;
        made.organisation = ordinary;
    })};
    EXPECT_THAT(letter.text(), HasSubstr(ordinary));
    std::size_t widest = 0;
    for (const auto& word : letter.words()) {
        EXPECT_LE(word.right, 190.1) << word.text;
        if (word.text.starts_with("WWWW")) ++widest;
    }
    EXPECT_EQ(widest, 8U);
}

TEST(PrintedLetter, fitsAnAddressOfSixLongLines) {
    const ReadBack letter{opened([](auto& made, auto&) {
        made.address = {"Gemeenschappelijke Regeling Veiligheidsregio",
                        "Gelderland-Midden, sector Informatiebeheer",
                        "Afdeling Certificaatbeheer, kamer B-112",
                        "De heer mr. W. van Obdam-Schimmelpenninck",
                        "Burgemeester Quarles van Uffordlaan 1234 - 2e",
                        "1234 AB  NOORD-VOORBEELDWOUDE A/D LANGEDIJK"};
    })};
    EXPECT_THAT(letter.text(), HasSubstr("Schimmelpenninck"));
    for (const auto& word : letter.words()) {
        const bool inAddress = word.top > 51 && word.bottom < 84.5;
        EXPECT_LE(word.right, inAddress ? 117.5 : 190.1) << word.text;
    }
}

TEST(PrintedLetter, hasItsAddressInTenPointsAtTheLeast) {
    const auto heightOf = [](const std::string& first) {
        const ReadBack letter{opened([&](auto& made, auto&) {
            made.address = {first, "Hoog", "1234 AB  GROOTVEEN"};
        })};
        const auto words = letter.words();
        const auto word = std::ranges::find(words, "Hoog", &tests::Word::text);
        return word->bottom - word->top;
    };
    // So many have room in 3.53 mm and none more than that; a short one is set in 3.9.
    const auto smallest = 3.9 * heightOf(std::string(102, 'i')) / heightOf("Laag");
    EXPECT_NEAR(smallest, 3.53, 0.003);
    EXPECT_GE(smallest * 72 / 25.4, 10.0);
}

TEST(PrintedLetter, isRefusedByFieldWhenItCannotFit) {
    EXPECT_THAT(complaintOf(opened(
                    [](auto& letter, auto&) { letter.certificateName = std::string(200, 'W'); })),
                HasSubstr("the certificate-name does not fit"));
    EXPECT_THAT(
        complaintOf(opened([](auto& letter, auto&) { letter.address[1] = std::string(120, 'W'); })),
        HasSubstr("the address does not fit"));
    const auto addressOf = [](std::size_t lines) {  // of which the first takes two
        return opened([&](auto& letter, auto&) {
            letter.address.assign(lines, "Stationsplein 12");
            letter.address[0] =
                "Gemeenschappelijke Regeling Veiligheids- en Gezondheidsregio Noord";
        });
    };
    EXPECT_THAT(complaintOf(addressOf(6)),
                HasSubstr("10 pt, where it takes 7 lines; six are the most; shorten it"));
    EXPECT_EQ(complaintOf(addressOf(5)), "printed");
    EXPECT_THAT(complaintOf(opened([](auto& letter, auto&) {
                    letter.certificateNumberEnd = std::string(64, 'W') + std::string(64, 'W');
                })),
                HasSubstr("the certificate-number-end does not fit"));
}

TEST(PrintedLetter, isRefusedByCharacterWhenNoTypefaceHasIt) {
    EXPECT_THAT(complaintOf(opened([](auto& letter, auto&) { letter.organisation = "東京都"; })),
                testing::AllOf(HasSubstr("the organisation holds U+6771"), HasSubstr("Open Sans")));
    EXPECT_THAT(complaintOf(opened([](auto& letter, auto&) {
                    letter.address[2] = "Mevrouw \xEE\x80\x80";  // a private use character
                })),
                HasSubstr("the address holds U+E000"));
}

TEST(PrintedLetter, takesTheLongestCodesThatAPolicyAllows) {
    const auto text = ReadBack{opened([](auto&, auto& codes) {
                          codes.pin = secretOf(bytesOf("073915864207"));
                          codes.puk = secretOf(bytesOf("901248763159"));
                          codes.revocation = secretOf(bytesOf("ABCDEFGHJKMNPQRSTUVWXYZ2"));
                      })}.text();
    EXPECT_THAT(text, HasSubstr("0739 1586 4207"));
    EXPECT_THAT(text, HasSubstr("ABCD EFGH JKMN PQRS TUVW XYZ2"));
}

TEST(PrintedLetter, sharesOneFileWithOthersWhenAsked) {
    std::vector<OpenedLetter> letters;
    for (const auto* name : {"Eerste groep", "Tweede groep", "Derde groep"}) {
        letters.push_back(opened([&](auto& letter, auto&) { letter.certificateName = name; }));
    }
    const ReadBack all{printed(letters)};
    EXPECT_THAT(all.tool("pdfinfo"), testing::ContainsRegex("Pages: +3\n"));
    EXPECT_THAT(all.text(), HasSubstr("Derde groep"));
}

TEST(PrintedLetter, reachesNobodyWhenOneOfSeveralDoesNotFit) {
    std::vector<OpenedLetter> letters;
    letters.push_back(opened());
    letters.push_back(
        opened([](auto& letter, auto&) { letter.organisation = std::string(200, 'W'); }));
    Presses presses{Templates, std::nullopt};
    int pieces = 0;
    EXPECT_THROW(presses.pressFor(letters.front()).print(letters, [&](ByteView) { ++pieces; }),
                 Failure);
    EXPECT_EQ(pieces, 0);
}

TEST(PrintedLetter, passesOnWhatTheSinkThrows) {
    Presses presses{Templates, std::nullopt};
    const auto letter = opened();
    EXPECT_THROW(presses.pressFor(letter).print({&letter, 1},
                                                [](ByteView) {
                                                    throw Failure{Fault::LetterUnusable, "full"};
                                                }),
                 Failure);
}

}  // namespace
}  // namespace zegel::press
