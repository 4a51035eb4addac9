#include "pinmailer/press/run/letter_folder.h"

#include "drivers/base/failure.h"
#include "tests/unit/press/made_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace zegel::press {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LetterFolderTest : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directory(made_.path("letters")); }

    void lay(const std::string& id, const std::string& order, int edition = 1) const {
        auto letter = tests::madeLetter();
        auto bond = tests::madeBond();
        letter.letter = bond.letter = LetterId{id};
        letter.orderReference = order;
        letter.edition = edition;
        bond.order = OrderId{order};
        layFile(id, house_.letterFile(letter, tests::madeCodes(), bond));
    }
    void layFile(const std::string& id, const Bytes& content) const {
        tests::writeFile(made_.path("letters/" + id + ".letter"), content);
    }

    tests::MadeHouse house_;
    tests::MadeFolder made_;
    SystemClock clock_;
    LetterFolder folder_{made_.path("letters")};
    Journal journal_{made_.path("journal"), clock_};
};

TEST_F(LetterFolderTest, givesLettersInTheOrderOfTheirOrders) {
    lay("aaaa", "batch-7-10");
    lay("bbbb", "batch-7-9");
    lay("cccc", "batch-6-11");
    tests::writeFile(made_.path("letters/remark.txt"), bytesOf("not a letter"));
    const auto listing = folder_.list(journal_);
    EXPECT_THAT(listing.letters, ElementsAre(LetterId{"cccc"}, LetterId{"bbbb"}, LetterId{"aaaa"}));
    EXPECT_TRUE(listing.refused.empty());
}

TEST_F(LetterFolderTest, refusesByNameWhatIsNoLetterOrBearsAnothersName) {
    lay("7f3a9c", "batch-7-9");
    layFile("8b1d22", bytesOf("garbage"));
    std::filesystem::copy(made_.path("letters/7f3a9c.letter"), made_.path("letters/9c0000.letter"));
    const auto listing = folder_.list(journal_);
    EXPECT_THAT(listing.letters, ElementsAre(LetterId{"7f3a9c"}));
    ASSERT_EQ(listing.refused.size(), 2U);
    EXPECT_EQ(listing.refused[0].file, "8b1d22.letter");
    EXPECT_THAT(listing.refused[0].why, HasSubstr("seal-broken: "));
    EXPECT_EQ(listing.refused[1].file, "9c0000.letter");
    EXPECT_THAT(listing.refused[1].why, HasSubstr("not the letter's id, 7f3a9c"));
}

TEST_F(LetterFolderTest, refusesByNameALetterThatIsReplayedButNotItsNextEdition) {
    const LetterId letter{"7f3a9c"};
    journal_.asked(letter, "folder-1");
    journal_.created(letter, 1, "ipp://p");
    journal_.sending(letter, 1);
    lay("7f3a9c", "batch-7-9");
    EXPECT_TRUE(folder_.list(journal_).letters.empty());
    EXPECT_TRUE(folder_.list(journal_).refused.empty()) << "its end is still to be told";
    journal_.printed(letter);
    journal_.told(letter);
    const auto listing = folder_.list(journal_);
    EXPECT_TRUE(listing.letters.empty());
    ASSERT_EQ(listing.refused.size(), 1U);
    EXPECT_THAT(listing.refused[0].why, HasSubstr("replayed: this is edition 1 of it, and edition "
                                                  "1 went to a printer before"));
    lay("7f3a9c", "batch-7-9", 2);
    EXPECT_THAT(folder_.list(journal_).letters, ElementsAre(letter));
}

TEST_F(LetterFolderTest, saysSoWhenALetterWasTakenAwayOrTheFolderIsNotThere) {
    LettersDesk desk{{}};
    std::string refusal;
    EXPECT_FALSE(folder_.take(LetterId{"7f3a9c"}, "folder-1", desk, refusal));
    EXPECT_THAT(refusal, HasSubstr("it is not in"));
    std::filesystem::remove(made_.path("letters"));
    EXPECT_THROW(folder_.list(journal_), Failure);
}

}  // namespace
}  // namespace zegel::press
