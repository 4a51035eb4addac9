#include "station/orders/written_text.h"

#include <gtest/gtest.h>

namespace zegel::station {
namespace {

TEST(WrittenText, countsCharactersNotOctets) {
    EXPECT_EQ(charactersIn(""), 0U);
    EXPECT_EQ(charactersIn("abc"), 3U);
    EXPECT_EQ(charactersIn("é"), 1U);
    EXPECT_EQ(charactersIn("e\xCC\x81"), 2U);
    EXPECT_EQ(charactersIn("檔案館"), 3U);
    EXPECT_EQ(charactersIn("𠀀😀"), 2U);
}

TEST(WrittenText, welcomesLettersOfEveryScript) {
    for (const auto* text : {"Zoë van ’t Hof", "Βιβλιοθήκη", "Олена", "ארכיון", "أرشيف", "檔案館",
                             "葛\xF3\xA0\x84\x80城", "क्‍ष", "O'Neill & Co. (NL) – 50%"}) {
        EXPECT_EQ(objectionTo(text), std::nullopt) << text;
    }
}

TEST(WrittenText, objectsToEveryControlForTheDirectionOfWriting) {
    // Unicode's Bidi_Control property, all twelve.
    for (const auto* text : {"a\xD8\x9C", "a\xE2\x80\x8E", "a\xE2\x80\x8F", "a\xE2\x80\xAA",
                             "a\xE2\x80\xAB", "a\xE2\x80\xAC", "a\xE2\x80\xAD", "a\xE2\x80\xAE",
                             "a\xE2\x81\xA6", "a\xE2\x81\xA7", "a\xE2\x81\xA8", "a\xE2\x81\xA9"}) {
        ASSERT_TRUE(objectionTo(text).has_value());
        EXPECT_NE(objectionTo(text)->find("direction of writing"), std::string::npos);
    }
}

TEST(WrittenText, objectsToControlsOfBothKinds) {
    EXPECT_EQ(objectionTo("a\tb"), "holds U+0009, a control character; remove it");
    EXPECT_EQ(objectionTo("a\x7F"), "holds U+007F, a control character; remove it");
    EXPECT_EQ(objectionTo("a\xC2\x85"), "holds U+0085, a control character; remove it");
    EXPECT_TRUE(objectionTo(std::string("a\0b", 3)).has_value());
}

TEST(WrittenText, foldsCaseAndSpaceForComparing) {
    EXPECT_EQ(folded("  TRIAL   Coördinatie\tZorgketen "), folded("trial coÖrdinatie ZORGKETEN"));
    EXPECT_EQ(folded("A\xC2\xA0"
                     "B"),
              "a b");
    EXPECT_EQ(folded("ΑΘΗΝΑ"), folded("αθηνα"));
    EXPECT_NE(folded("Archief1"), folded("Archief 1"));
    EXPECT_NE(folded("Archief-1"), folded("Archief 1"));
}

}  // namespace
}  // namespace zegel::station
