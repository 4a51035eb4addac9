#include "station/app/printed.h"

#include "station/app/progress_bar.h"

#include <gtest/gtest.h>

#include <sstream>

namespace zegel::station {
namespace {

TEST(Table, isAlignedByWhatIsSeenNotByOctets) {
    EXPECT_EQ(asTable({{"NAME", "N"}, {"Coördinatie", "1"}}), "NAME         N\nCoördinatie  1\n");
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

}  // namespace
}  // namespace zegel::station
