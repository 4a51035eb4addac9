#include "station/app/printed.h"

#include "station/app/progress_bar.h"

#include <gtest/gtest.h>

#include <sstream>

namespace zegel::station {
namespace {

TEST(Table, isAlignedByWhatIsSeenNotByOctets) {
    EXPECT_EQ(asTable({{"NAME", "N"}, {"Coördinatie", "1"}}), "NAME         N\nCoördinatie  1\n");
}

TEST(Table, isBrokenBetweenWordsToFitAScreen) {
    const std::vector<std::vector<std::string>> rows{
        {"READER", "STATE", "MESSAGE"},
        {"left", "attention", "take the card out and look at it"},
        {"right", "empty", "put in a blank card"}};
    EXPECT_EQ(asTable(rows, {}, {40, false}),
              "READER  STATE      MESSAGE\n"
              "left    attention  take the card out and\n"
              "                   look at it\n"
              "right   empty      put in a blank card\n");
    EXPECT_EQ(asTable(rows, {}, {}).find("look at it\n"), asTable(rows, {}, {}).find("out") + 8)
        << "for a file nothing is broken";
    EXPECT_NE(asTable(rows, {}, {9, false}).find("attention"), std::string::npos)
        << "a word never is";
}

TEST(Table, showsInRedWhatSomebodyHasToSeeTo) {
    const std::vector<std::vector<std::string>> rows{{"READER"}, {"left"}, {"right"}};
    const std::vector<Tone> tones{Tone::Plain, toneOf("attention"), toneOf("empty")};
    EXPECT_EQ(asTable(rows, tones, {0, true}), "READER\n\x1B[31mleft\x1B[0m\nright\n");
    EXPECT_EQ(asTable(rows, tones, {0, false}), "READER\nleft\nright\n");
}

TEST(Folded, isNoWiderThanASmallScreen) {
    EXPECT_EQ(folded("put in a blank card for the batch", "  ", {20, false}),
              "  put in a blank\n    card for the\n    batch\n");
}

TEST(Folded, breaksALongRemarkBetweenWords) {
    std::string words;
    for (int at = 0; at < 60; ++at)
        words += (at == 0 ? "" : " ") + std::string("remark");
    std::istringstream lines{folded(words, "  ")};
    std::string line;
    std::string together;
    int count = 0;
    while (std::getline(lines, line)) {
        EXPECT_LE(line.size(), 100U);
        EXPECT_TRUE(line.starts_with(count == 0 ? "  remark" : "    remark")) << line;
        together += (count++ == 0 ? "" : " ") + line.substr(line.find('r'));
    }
    EXPECT_EQ(count, 5);
    EXPECT_EQ(together, words) << "nothing is lost";
}

TEST(Folded, leavesAShortRemarkAndAWordThatIsTooLong) {
    EXPECT_EQ(folded("short", "  "), "  short\n");
    const std::string word(200, 'x');
    EXPECT_EQ(folded("a " + word, ""), "a\n  " + word + "\n");
}

TEST(Progress, isAsLongAsWhatIsDoneAndNeverLongerThanTheLine) {
    EXPECT_EQ(progressLine(0, 4, "0 made", 80), "[........................]   0 %  0 made");
    EXPECT_EQ(progressLine(1, 4, "1 made", 80), "[######..................]  25 %  1 made");
    EXPECT_EQ(progressLine(4, 4, "4 made", 80), "[########################] 100 %  4 made");
    EXPECT_EQ(progressLine(5, 4, "", 80), "[########################] 100 %  ") << "it grew";
    EXPECT_EQ(progressLine(0, 0, "", 80), "[########################] 100 %  ") << "nothing to do";
    EXPECT_EQ(progressLine(1, 4, std::string(99, 'x'), 40).size(), 39U);
}

TEST(SteadyNews, tellsWhatChangedAndNotTooOften) {
    std::ostringstream out;
    SteadyNews news;
    const SteadyNews::Moment began{};
    news.tell("2 queued", out, began);
    news.tell("1 queued", out, began + std::chrono::seconds{1});
    news.tell("2 queued", out, began + std::chrono::seconds{60});
    EXPECT_EQ(out.str(), "2 queued\n");
    news.tell("1 queued", out, began + std::chrono::seconds{61});
    EXPECT_EQ(out.str(), "2 queued\n1 queued\n");
}

}  // namespace
}  // namespace zegel::station
