#include "pinmailer/press/letter_template.h"
#include "tests/unit/press/made_letter.h"
#include "tests/unit/press/read_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace zegel::press {
namespace {

using testing::HasSubstr;
using tests::opened;
using tests::printed;
using tests::run;

constexpr int DotsPerInch = 300;

/// What a reader of Data Matrix codes finds in this part of the printed sheet; nothing elsewhere
/// is looked at.
std::string readIn(const Bytes& pdf, const Area& place) {
    const tests::MadeFolder folder;
    tests::writeFile(folder.path("letter.pdf"), pdf);
    const auto dots = [](double millimetres) {
        return std::to_string(std::lround(millimetres / 25.4 * DotsPerInch));
    };
    const auto drawn =
        run("pdftoppm -r " + std::to_string(DotsPerInch) + " -x " + dots(place.x) + " -y " +
            dots(place.y) + " -W " + dots(place.width) + " -H " + dots(place.height) +
            " -singlefile -png " + folder.path("letter.pdf") + " " + folder.path("mark"));
    EXPECT_EQ(drawn.exitCode, 0) << drawn.output;
    return run("dmtxread -N 1 " + folder.path("mark.png")).output;
}

Area markOf(const std::string& name) {
    return LetterTemplate::load(tests::Templates + "/" + name + ".svg", {"smart-card", true})
        .mark();
}

TEST(MachineMark, saysTheLettersIdAndItsPage) {
    EXPECT_EQ(readIn(printed(opened()), markOf("pin-letter.nl")), "7f3a9c 1/1");
}

TEST(MachineMark, isReadWhereThePrinterPutItAndNowhereElse) {
    const auto letter = opened();
    const auto mark = markOf("pin-letter.nl");
    const auto moved = printed(letter, {-3, 2});
    EXPECT_EQ(readIn(moved, {mark.x - 3, mark.y + 2, mark.width, mark.height}), "7f3a9c 1/1");
    EXPECT_EQ(readIn(moved, {mark.x + 8, mark.y, mark.width, mark.height}), "");
}

TEST(MachineMark, takesTheIdsOfAStationAndTheLongestThereMayBe) {
    // Twenty hexadecimal digits, as a station draws them; 64 octets, as a letter's file allows.
    for (const auto& id : {std::string{"0123456789abcdef0123"}, std::string(64, 'a')}) {
        const auto letter = opened([&](auto& released, auto&) { released.letter = LetterId{id}; });
        EXPECT_EQ(readIn(printed(letter), markOf("pin-letter.nl")), id + " 1/1");
    }
}

TEST(MachineMark, refusesAnIdThatWouldBeTooFineToPrint) {
    const auto letter =
        opened([&](auto& released, auto&) { released.letter = LetterId{std::string(110, 'a')}; });
    try {
        printed(letter);
        FAIL() << "printed";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::LetterUnusable);
        EXPECT_THAT(failure.what(), HasSubstr("letter"));
    }
}

}  // namespace
}  // namespace zegel::press
