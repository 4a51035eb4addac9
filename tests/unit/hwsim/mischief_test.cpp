#include "hwsim/server/mischief.h"

#include <gtest/gtest.h>

#include <array>

namespace zegel::hwsim {
namespace {

enum class Rudeness { None, Down, Slow, Refuse };

constexpr std::array Words{
    MischiefWord<Rudeness>{Rudeness::None, "none", "behaves"},
    MischiefWord<Rudeness>{Rudeness::Down, "down", "hangs up"},
    MischiefWord<Rudeness>{Rudeness::Slow, "slow", "slow N: waits", Takes::Amount},
    MischiefWord<Rudeness>{Rudeness::Refuse, "refuse", "refuse WHOM: says no", Takes::Whom},
};
constexpr MischiefTable<Rudeness> Table{Words};

/// What a server does to one request after the other: "." behaves, "x" does not.
std::string turns(const std::string& words, int requests) {
    TemperOf<Rudeness> temper;
    temper.set(*Table.read(words));
    std::string seen;
    for (int request = 0; request < requests; ++request)
        seen += temper.next().mischief == Rudeness::None ? '.' : 'x';
    return seen;
}

TEST(Mischief, isReadFromWords) {
    const auto slow = Table.read("slow 250 2 times after 3");
    ASSERT_TRUE(slow);
    EXPECT_EQ(slow->mischief, Rudeness::Slow);
    EXPECT_EQ(slow->amount, 250);
    EXPECT_EQ(slow->times, 2);
    EXPECT_EQ(slow->skipFirst, 3);
    EXPECT_EQ(Table.read("slow 0")->amount, 0);
    EXPECT_EQ(Table.read("refuse ORD-1")->whom, "ORD-1");
    EXPECT_EQ(Table.read("down every 4")->every, 4);
    EXPECT_EQ(Table.read("down once")->times, 1);
    EXPECT_EQ(Table.read("none")->mischief, Rudeness::None);
}

TEST(Mischief, isNotReadFromWordsThatMeanNothing) {
    for (const auto* const words :
         {"", "dance", "slow", "slow soon", "slow -1", "down 2", "down twice", "down after",
          "refuse", "down every", "down every 0", "down 0 times", "down 2 time", "down once more"})
        EXPECT_FALSE(Table.read(words)) << words;
}

TEST(Mischief, isListedWithEveryWord) {
    const auto list = Table.list();
    for (const auto& word : Words) {
        EXPECT_NE(list.find(word.name), std::string::npos) << word.name;
        EXPECT_NE(list.find(word.meaning), std::string::npos) << word.name;
        EXPECT_EQ(Table.nameOf(word.mischief), word.name);
    }
}

TEST(Temper, misbehavesAsOftenAsItWasTold) {
    EXPECT_EQ(turns("none", 3), "...");
    EXPECT_EQ(turns("down", 3), "xxx");
    EXPECT_EQ(turns("down once", 3), "x..");
    EXPECT_EQ(turns("down 2 times after 3", 7), "...xx..");
    EXPECT_EQ(turns("down every 2", 6), ".x.x.x");
    EXPECT_EQ(turns("down every 3 once", 7), "..x....");
    EXPECT_EQ(turns("down every 2 after 1", 6), "..x.x.");
}

TEST(Temper, countsOnlyThoseItIsAbout) {
    TemperOf<Rudeness> temper;
    temper.set(*Table.read("refuse A once"));
    EXPECT_EQ(temper.next({"B", "order/B"}).mischief, Rudeness::None);
    EXPECT_EQ(temper.next({"A", "order/A"}).mischief, Rudeness::Refuse);
    EXPECT_EQ(temper.next({"A", "order/A"}).mischief, Rudeness::None);
    temper.set(*Table.read("refuse card/piv-1"));
    EXPECT_EQ(temper.next({"", "card/piv-1"}).mischief, Rudeness::Refuse);
    EXPECT_EQ(temper.next().mischief, Rudeness::None);
}

TEST(Temper, beginsToCountAnewWhenItIsToldAgain) {
    TemperOf<Rudeness> temper;
    temper.set(*Table.read("down once"));
    EXPECT_EQ(temper.next().mischief, Rudeness::Down);
    temper.set(*Table.read("down once"));
    EXPECT_EQ(temper.next().mischief, Rudeness::Down);
    EXPECT_EQ(temper.current().mischief, Rudeness::Down);
}

}  // namespace
}  // namespace zegel::hwsim
