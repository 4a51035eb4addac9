#include "station/app/arguments.h"

#include "drivers/base/counted.h"
#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::station {
namespace {

using testing::HasSubstr;
using testing::Not;

Arguments given(const std::vector<std::string>& words) {
    return {words, {"by", "why", "settings"}, {"json", "help"}};
}

/// What the refusal of `use` says.
template <typename Use>
std::string refusal(Use&& use) {
    try {
        use();
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::RequestRefused);
        return failure.what();
    }
    return "nothing was refused";
}

TEST(Arguments, keepsWordsAndOptionsApart) {
    const auto arguments = given({"hold", "--by", "me", "ORD-1", "--json"});
    EXPECT_THAT(arguments.words(), testing::ElementsAre("hold", "ORD-1"));
    EXPECT_EQ(arguments.required("by"), "me");
    EXPECT_TRUE(arguments.has("json"));
    EXPECT_TRUE(given({"-h"}).has("help"));
}

TEST(Arguments, namesTheFirstWordThatIsTooMany) {
    const auto arguments = given({"a", "b", "c"});
    EXPECT_NO_THROW(arguments.expectAtMost(3));
    EXPECT_THAT(refusal([&] { arguments.expectAtMost(1); }), HasSubstr("\"b\" is not expected"));
}

TEST(Arguments, suggestsTheOptionThatWasMeant) {
    EXPECT_THAT(refusal([] { given({"--setings", "x"}); }), HasSubstr("did you mean --settings?"));
    EXPECT_THAT(refusal([] { given({"--colour", "x"}); }), Not(HasSubstr("did you mean")));
    EXPECT_THAT(refusal([] { given({"-x"}); }), HasSubstr("unknown option -x"));
}

TEST(Arguments, wantsAValueThatIsNoOptionAndOnlyOnce) {
    EXPECT_THAT(refusal([] { given({"--by"}); }), HasSubstr("--by needs a value"));
    EXPECT_THAT(refusal([] { given({"--by", "--why", "x"}); }), HasSubstr("--by needs a value"));
    EXPECT_THAT(refusal([] { given({"--by", "a", "--by", "b"}); }), HasSubstr("--by comes twice"));
    EXPECT_EQ(given({"--why", "-- as agreed"}).required("why"), "-- as agreed");
}

TEST(Arguments, tellsAnEmptyOptionFromAMissingOne) {
    EXPECT_THAT(refusal([] { given({}).required("by"); }), HasSubstr("--by is missing"));
    EXPECT_THAT(refusal([] { given({"--by", " "}).required("by"); }), HasSubstr("--by is empty"));
}

TEST(Arguments, suggestsTheWordThatWasMeant) {
    const std::vector<std::string_view> acts{"hold", "release", "cancel"};
    EXPECT_EQ(given({"hold"}).oneOf(0, "act", acts), "hold");
    EXPECT_THAT(refusal([&] { given({"relaese"}).oneOf(0, "act", acts); }),
                HasSubstr("unknown act \"relaese\"; did you mean release?"));
    EXPECT_THAT(refusal([&] { given({"burn"}).oneOf(0, "act", acts); }),
                HasSubstr("choose hold, release or cancel"));
    EXPECT_THAT(refusal([&] { given({}).oneOf(0, "act", acts); }), HasSubstr("act is missing"));
}

TEST(Counted, hasOneOrSeveral) {
    EXPECT_EQ(counted(1, "order"), "1 order");
    EXPECT_EQ(counted(0, "order"), "0 orders");
    EXPECT_EQ(counted(2, "event has", "events have"), "2 events have");
}

}  // namespace
}  // namespace zegel::station
