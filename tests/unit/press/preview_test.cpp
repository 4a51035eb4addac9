#include "pinmailer/press/letter_kind.h"
#include "pinmailer/press/presses.h"
#include "tests/unit/press/read_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

namespace zegel::press {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using tests::run;

const std::string Program = "LSAN_OPTIONS=detect_leaks=0 " ZEGEL_BINARY_DIR "/bin/zegel-pinmailer";

/// A PDF's page as grey dots, ten to a millimetre.
class Dots {
public:
    explicit Dots(const std::string& pdf) {
        const tests::MadeFolder folder;
        const auto drawn =
            run("pdftoppm -r 254 -gray -singlefile " + pdf + " " + folder.path("page"));
        EXPECT_EQ(drawn.exitCode, 0) << drawn.output;
        const auto file = textOf(tests::readFile(folder.path("page.pgm")));
        std::istringstream about{file.substr(0, 64)};
        std::string kind;
        int most = 0;
        about >> kind >> width_ >> height_ >> most;
        octets_ = file.substr(file.size() - width_ * height_);
    }

    bool isDark(double x, double y) const {
        const auto column = static_cast<std::size_t>(x * 10);
        const auto row = static_cast<std::size_t>(y * 10);
        return static_cast<unsigned char>(octets_.at(row * width_ + column)) < 160;
    }

private:
    std::size_t width_ = 0;
    std::size_t height_ = 0;
    std::string octets_;
};

/// A hair is thinner than a dot: anything dark within a third of a millimetre.
bool lineAt(const Dots& dots, double x, double y) {
    for (double aside = -0.3; aside < 0.31; aside += 0.1) {
        if (dots.isDark(x + aside, y) || dots.isDark(x, y + aside)) return true;
    }
    return false;
}

class TestSheetProgram : public testing::Test {
protected:
    Dots sheet(const std::string& more = "") {
        const auto path = desk_.path("sheet" + std::to_string(++made_) + ".pdf");
        const auto ran = run(Program + " test-sheet --output " + path + " " + more);
        EXPECT_EQ(ran.exitCode, 0) << ran.output;
        text_ = run("pdftotext -layout " + path + " -").output;
        return Dots{path};
    }

    tests::MadeFolder desk_;
    std::string text_;
    int made_ = 0;
};

TEST_F(TestSheetProgram, drawsCrossesFoldsAndZonesWhereItSays) {
    const auto dots = sheet();
    for (const auto& [x, y] : {std::pair{20.0, 30.0}, {190.0, 30.0}, {20.0, 247.0}}) {
        EXPECT_TRUE(dots.isDark(x, y) || lineAt(dots, x, y)) << x << ',' << y;
        EXPECT_TRUE(lineAt(dots, x + 5, y)) << x << ',' << y;
        EXPECT_FALSE(lineAt(dots, x + 8, y)) << x << ',' << y;
    }
    for (const auto fold : {99.0, 148.5, 198.0}) {
        EXPECT_TRUE(lineAt(dots, 10, fold)) << fold;
    }
    EXPECT_TRUE(lineAt(dots, 20, 80)) << "the window's left";
    EXPECT_TRUE(lineAt(dots, 190, 190)) << "the code zone's right";
    EXPECT_THAT(text_, AllOf(HasSubstr("Proefvel"), HasSubstr("20,30"), HasSubstr("--offset 0,0")));
}

TEST_F(TestSheetProgram, movesEverythingByThePrintersOffset) {
    const auto dots = sheet("--offset -3,2 --language en");
    EXPECT_TRUE(lineAt(dots, 17, 32 + 5));
    EXPECT_FALSE(lineAt(dots, 20, 30 + 5));
    EXPECT_TRUE(lineAt(dots, 10 - 3, 99 + 2));
    EXPECT_THAT(text_, AllOf(HasSubstr("Test sheet"), HasSubstr("--offset -3,2")));
}

TEST_F(TestSheetProgram, refusesAnOffsetThatNoPrinterHas) {
    for (const auto* wrong : {"11,0", "0,-11", "1", "a,b", "inf,0"}) {
        const auto ran =
            run(Program + " test-sheet --output " + desk_.path("x.pdf") + " --offset " + wrong);
        EXPECT_EQ(ran.exitCode, 2) << wrong << ran.output;
        EXPECT_THAT(ran.output, HasSubstr("--offset")) << wrong;
    }
}

TEST(PrintedLetter, movesAsAWholeByThePrintersOffset) {
    const auto as = tests::ReadBack{tests::printed(tests::opened())}.words();
    const auto moved = tests::ReadBack{tests::printed(tests::opened(), {1.5, -2})}.words();
    ASSERT_EQ(as.size(), moved.size());
    for (std::size_t at = 0; at < as.size(); ++at) {
        EXPECT_EQ(as[at].text, moved[at].text);
        EXPECT_NEAR(moved[at].left - as[at].left, 1.5, 0.01) << as[at].text;
        EXPECT_NEAR(moved[at].top - as[at].top, -2, 0.01) << as[at].text;
    }
}

/// The fixed part is in a PDF once, and kept for the next PDF of the same press.
TEST(PrintedLetter, isTheSameOnAnyPageAndInAnyPdf) {
    std::vector<OpenedLetter> letters;
    for (const auto* name : {"Balie Noord", "Balie Oost", "Balie Zuid"}) {
        letters.push_back(tests::opened([&](auto& letter, auto&) {
            letter.certificateName = name;
            letter.address[1] = name;
        }));
    }
    const auto run = tests::ReadBack{tests::printed(letters)}.words();
    Presses presses{tests::Templates, std::nullopt};
    auto& press = presses.pressFor(letters.front());
    auto inRun = run.begin();
    for (const auto& letter : letters) {
        Bytes pdf;
        press.print({&letter, 1},
                    [&](ByteView octets) { pdf.insert(pdf.end(), octets.begin(), octets.end()); });
        EXPECT_EQ(pdf, tests::printed(letter));
        for (const auto& word : tests::ReadBack{pdf}.words()) {
            ASSERT_NE(inRun, run.end());
            EXPECT_EQ(inRun->text, word.text);
            EXPECT_NEAR(inRun->left, word.left, 0.01) << word.text;
            EXPECT_NEAR(inRun->top, word.top, 0.01) << word.text;
            ++inRun;
        }
    }
    EXPECT_EQ(inRun, run.end());
}

TEST(Preview, isAPictureWhenItsNameSaysSo) {
    const tests::MadeFolder desk;
    const auto path = desk.path("letter.png");
    const auto ran = run(Program +
                         " preview --template reminder --language en --names hostile "
                         "--dpi 72 --output " +
                         path);
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
    const auto png = tests::readFile(path);
    const Bytes signature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    ASSERT_GT(png.size(), 10'000U);
    EXPECT_TRUE(std::equal(signature.begin(), signature.end(), png.begin()));
    EXPECT_EQ(png[18] << 8 | png[19], 595);  // IHDR: A4 at 72 dots an inch
    EXPECT_EQ(png[22] << 8 | png[23], 842);
    const auto again = run(Program + " preview --template reminder --language en --output " + path);
    EXPECT_EQ(again.exitCode, 0) << "nobody gets it, so it may be replaced: " << again.output;
    const auto wrong = run(Program + " preview --template reminder --language en --output " +
                           desk.path("letter.jpg"));
    EXPECT_EQ(wrong.exitCode, 2) << wrong.output;
    EXPECT_THAT(wrong.output, HasSubstr("file.pdf or a file.png"));
}

TEST(Preview, hasWordsForEveryFieldOfEveryKind) {
    const tests::MadeFolder desk;
    for (const auto& kind : letterKinds()) {
        const std::string name{kind.name};
        const auto path = desk.path(name + ".pdf");
        const auto ran = run(Program + " preview --template " + name +
                             " --language nl --names long --output " + path);
        EXPECT_EQ(ran.exitCode, 0) << ran.output;
    }
    const auto words = run("pdftotext -layout " + desk.path("dispatch-note.pdf") + " -");
    EXPECT_THAT(words.output, ContainsRegex("Chipnummer +piv-00A1B2C3"));
}

TEST(Check, tellsOfEveryTemplateAndEndsByTheWorst) {
    const tests::MadeFolder desk;
    const auto copied = run("cp " + tests::Templates + "/reminder.*.svg " + desk.path());
    ASSERT_EQ(copied.exitCode, 0) << copied.output;
    const auto good = run(Program + " check --templates " + desk.path());
    EXPECT_EQ(good.exitCode, 0) << good.output;
    EXPECT_THAT(good.output, AllOf(HasSubstr("reminder.en  holds in 6 variants"),
                                   HasSubstr("reminder.nl  holds in 6 variants")));
    const auto spoiled =
        run("sed -i 's/zegel:zone=\"mark\"/zegel:zone=\"marks\"/' " + desk.path("reminder.en.svg"));
    ASSERT_EQ(spoiled.exitCode, 0) << spoiled.output;
    ASSERT_EQ(run("cd " + desk.path() + " && cp reminder.nl.svg reminder_nl.svg").exitCode, 0);
    const auto bad = run(Program + " check --templates " + desk.path());
    EXPECT_EQ(bad.exitCode, 3) << bad.output;
    EXPECT_THAT(bad.output, AllOf(HasSubstr("reminder.en  refused: "),
                                  HasSubstr("known are window, codes and mark"),
                                  HasSubstr("reminder_nl.svg  refused: it is named unlike"),
                                  HasSubstr("reminder.nl  holds")));
}

}  // namespace
}  // namespace zegel::press
