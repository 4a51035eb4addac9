#include "config/strict_table.h"

#include <gtest/gtest.h>

namespace zegel::config {
namespace {

TEST(Nearest, seesThroughASlipOfThePen) {
    const std::vector<std::string_view> names{"digits", "tries", "release", "languages"};
    EXPECT_EQ(nearest("digts", names), "digits");
    EXPECT_EQ(nearest("trys", names), std::nullopt);
    EXPECT_EQ(nearest("tires", names), std::nullopt);
    EXPECT_EQ(nearest("tries ", names), "tries");
    EXPECT_EQ(nearest("langauges", names), "languages");
    EXPECT_EQ(nearest("colour", names), std::nullopt);
    EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(EitherOf, readsLikeASentence) {
    EXPECT_EQ(eitherOf({}), "");
    EXPECT_EQ(eitherOf({"nl"}), "nl");
    EXPECT_EQ(eitherOf({"nl", "en"}), "nl or en");
    EXPECT_EQ(eitherOf({"nl", "en", "fr"}), "nl, en or fr");
}

}  // namespace
}  // namespace zegel::config
