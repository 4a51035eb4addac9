#include "station/api/request.h"

#include <gtest/gtest.h>

namespace zegel::station {
namespace {

TEST(Query, givesWhatItHoldsDecoded) {
    Query query{"after=12&limit=1000&name=left%20table", {"after", "limit", "name"}};
    EXPECT_EQ(query.after(), 12);
    EXPECT_EQ(query.limit(), 1000U);
    EXPECT_EQ(query.text("name"), "left table");
    EXPECT_EQ(query.objection(), "");
}

TEST(Query, hasUsualValuesForWhatItDoesNotHold) {
    Query query{"", {"after", "limit"}};
    EXPECT_EQ(query.after(), 0);
    EXPECT_EQ(query.limit(), 100U);
    EXPECT_EQ(query.objection(), "");
}

TEST(Query, objectsToNumbersThatAreNone) {
    for (const auto* text : {"limit=0", "limit=1001", "limit=", "limit=x", "limit=1x", "limit=+1",
                             "limit=%31%20", "limit=99999999999999999999", "limit"}) {
        Query query{text, {"limit"}};
        EXPECT_EQ(query.limit(), 100U) << text;
        EXPECT_NE(query.objection().find("limit is no number from 1 to 1000"), std::string::npos)
            << text;
    }
}

TEST(Query, objectsToNamesItDoesNotKnowAndToRepeats) {
    EXPECT_NE((Query{"colour=1", {"limit"}}.objection().find("knows limit")), std::string::npos);
    EXPECT_NE((Query{"limit=1&limit=1", {"limit"}}.objection().find("limit twice")),
              std::string::npos);
    EXPECT_NE((Query{"limit=%zz", {"limit"}}.objection().find("not well encoded")),
              std::string::npos);
}

}  // namespace
}  // namespace zegel::station
