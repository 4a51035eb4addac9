#include "cardprofiles/object_identifier.h"

#include <gtest/gtest.h>

namespace zegel::cardprofiles {
namespace {

TEST(ObjectIdentifier, takesThoseOfTheStandards) {
    EXPECT_TRUE(isObjectIdentifier("2.5.29.15"));
    EXPECT_TRUE(isObjectIdentifier("0.4.0.2042.1.1"));
    EXPECT_TRUE(isObjectIdentifier("1.3.6.1.4.1.311.10.3.12"));
    EXPECT_TRUE(isObjectIdentifier("2.16.528.1.1003.1.2.41.16.25.4"));
    EXPECT_TRUE(isObjectIdentifier("2.999"));  // X.690 8.19.5: the example
    EXPECT_TRUE(isObjectIdentifier("1.39.0"));
}

TEST(ObjectIdentifier, refusesWhatX690CannotEncode) {
    for (const auto* text : {"", "1", "2.", ".2.5", "2..5", "3.1", "10.1", "1.40", "0.100", "2.05",
                             "02.5", "2.5 ", "2,5", "id-kp", "1.3.6.1.x", "-1.2", "2.5.-1"}) {
        EXPECT_FALSE(isObjectIdentifier(text)) << text;
    }
}

}  // namespace
}  // namespace zegel::cardprofiles
