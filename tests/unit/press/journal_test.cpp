#include "pinmailer/press/run/journal.h"

#include "drivers/base/failure.h"
#include "pinmailer/press/run/journal_line.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace zegel::press {
namespace {

using testing::HasSubstr;

const LetterId A{"7f3a9c"};
const LetterId B{"8b1d22"};

Failure failureOf(const std::function<void()>& use) {
    try {
        use();
    } catch (const Failure& failure) {
        return failure;
    }
    return {Fault::Defect, "it worked"};
}

class JournalTest : public testing::Test {
protected:
    std::string file() const { return folder_.path("journal/letters.journal"); }
    std::unique_ptr<Journal> open() const {
        return std::make_unique<Journal>(folder_.path("journal"), clock_);
    }
    std::string content() const { return textOf(tests::readFile(file())); }
    void write(const std::string& text) const { tests::writeFile(file(), bytesOf(text)); }

    tests::MadeFolder folder_;
    SystemClock clock_;
};

TEST_F(JournalTest, remembersHowFarEachLetterIs) {
    {
        const auto journal = open();
        journal->asked(A, "id-of-a");
        journal->created(A, 17, "ipps://printer/ipp/print");
        journal->sending(A, 1);
        journal->asked(B, "id-of-b");
    }
    const auto again = open();
    ASSERT_EQ(again->open().size(), 2U);
    const auto& first = again->open()[0];
    EXPECT_EQ(first.letter, A);
    EXPECT_EQ(first.id, "id-of-a");
    EXPECT_EQ(first.milestone, Milestone::Sending);
    EXPECT_EQ(first.job, 17);
    EXPECT_EQ(first.printer, "ipps://printer/ipp/print");
    EXPECT_EQ(again->letter(B).milestone, Milestone::Asked);
}

TEST_F(JournalTest, closesALetterWhoseEndWasTold) {
    {
        const auto journal = open();
        for (const auto& letter : {A, B})
            journal->asked(letter, "id");
        journal->created(A, 1, "ipp://p");
        journal->sending(A, 1);
        journal->sent(A);
        journal->uncertain(A, "paper jammed\nwhile it was printed");
        journal->givenBack(B, "no paper");
        journal->told(B);
        ASSERT_EQ(journal->open().size(), 1U);
    }
    const auto again = open();
    ASSERT_EQ(again->open().size(), 1U);
    EXPECT_EQ(again->open()[0].milestone, Milestone::Uncertain);
    EXPECT_EQ(again->open()[0].reason, "paper jammed while it was printed");
}

TEST_F(JournalTest, remembersWhichEditionWentToAPrinterAlsoOfAClosedLetter) {
    {
        const auto journal = open();
        EXPECT_EQ(journal->lastSent(A), 0);
        journal->asked(A, "id");
        journal->created(A, 1, "ipp://p");
        journal->sending(A, 1);
        journal->printed(A);
        journal->told(A);
        journal->asked(A, "again");
        journal->created(A, 2, "ipp://p");
        journal->sending(A, 2);
        journal->unsent(A);
        EXPECT_EQ(journal->lastSent(A), 1) << "not one octet of the second went out";
        journal->sending(A, 2);
    }
    EXPECT_EQ(open()->lastSent(A), 2);
    EXPECT_EQ(open()->lastSent(B), 0);
}

TEST_F(JournalTest, readsWhatAnOlderProgramWroteForTheFirstEdition) {
    open();  // makes the folder
    write(journalLine({"2026-11-21T09:30:00Z", "asked", A.value(), "id"}) +
          journalLine({"2026-11-21T09:30:01Z", "created", A.value(), "1 ipp://p"}) +
          journalLine({"2026-11-21T09:30:02Z", "sending", A.value()}));
    EXPECT_EQ(open()->lastSent(A), 1);
}

TEST_F(JournalTest, closesALetterThatIsSetAside) {
    open()->asked(A, "id");
    open()->setAside(A, "the station knows no such letter");
    EXPECT_TRUE(open()->open().empty());
    EXPECT_THAT(content(), HasSubstr("set-aside 7f3a9c the station knows no such letter"));
}

TEST_F(JournalTest, anUnsentLetterMayBeSentAgain) {
    const auto journal = open();
    journal->asked(A, "id");
    journal->created(A, 1, "ipp://p");
    journal->sending(A, 1);
    journal->unsent(A);
    EXPECT_EQ(journal->letter(A).milestone, Milestone::Created);
}

// The loss of power in the middle of every single write.
TEST_F(JournalTest, losesOnlyTheLineThatWasCut) {
    {
        const auto journal = open();
        journal->asked(A, "id");
        journal->created(A, 1, "ipp://p");
    }
    const auto before = content();
    open()->sending(A, 1);
    const auto after = content();
    for (auto size = before.size(); size < after.size(); ++size) {
        write(after.substr(0, size));
        const auto journal = open();
        EXPECT_EQ(journal->letter(A).milestone, Milestone::Created) << size;
        EXPECT_EQ(content(), before) << size;
    }
    write(after);
    EXPECT_EQ(open()->letter(A).milestone, Milestone::Sending);
}

TEST_F(JournalTest, aLastLineOfOtherOctetsCountsAsCut) {
    {
        const auto journal = open();
        journal->asked(A, "id");
        journal->created(A, 1, "ipp://p");
    }
    const auto good = content();
    write(good + std::string(40, '\0'));
    EXPECT_EQ(open()->letter(A).milestone, Milestone::Created);
    EXPECT_EQ(content(), good);
}

TEST_F(JournalTest, neverTakesOffAWholeLineThatDoesNotHold) {
    {
        const auto journal = open();
        journal->asked(A, "id");
        journal->created(A, 1, "ipp://p");
        journal->sending(A, 1);
    }
    auto text = content();
    text[text.find(" sending ") + 1] = 'z';
    write(text);
    const auto failure = failureOf([&] { open(); });
    EXPECT_EQ(failure.fault(), Fault::LedgerUnwritable);
    EXPECT_THAT(failure.what(), HasSubstr("line 3"));
    EXPECT_EQ(content(), text);
}

TEST_F(JournalTest, refusesToGoOnWhenALineInTheMiddleDoesNotHold) {
    {
        const auto journal = open();
        journal->asked(A, "id");
        journal->asked(B, "id");
    }
    auto text = content();
    text[text.find("7f3a9c")] = '8';
    write(text);
    const auto failure = failureOf([&] { open(); });
    EXPECT_EQ(failure.fault(), Fault::LedgerUnwritable);
    EXPECT_THAT(failure.what(), HasSubstr("line 1"));
}

TEST_F(JournalTest, neverAsksAnewForALetterThatMayBeOnPaper) {
    const auto journal = open();
    journal->asked(A, "id");
    journal->created(A, 1, "ipp://p");
    journal->sending(A, 1);
    const auto failure = failureOf([&] { journal->asked(A, "another"); });
    EXPECT_EQ(failure.fault(), Fault::LedgerUnwritable);
}

TEST_F(JournalTest, belongsToOneProgramAtATime) {
    const auto journal = open();
    const auto failure = failureOf([&] { open(); });
    EXPECT_EQ(failure.fault(), Fault::RequestRefused);
    EXPECT_THAT(failure.what(), HasSubstr("another zegel-pinmailer"));
}

TEST_F(JournalTest, saysThatItCannotBeWritten) {
    const auto journal = open();
    tests::run("rm -r " + folder_.path("journal"));
    EXPECT_EQ(failureOf([&] {
                  Journal{"/proc/journal", clock_};
              }).fault(),
              Fault::LedgerUnwritable);
}

TEST_F(JournalTest, isForItsOwnerOnly) {
    open()->asked(A, "id");
    EXPECT_EQ(tests::run("stat -c %a " + file() + " " + folder_.path("journal")).output,
              "600\n700\n");
}

}  // namespace
}  // namespace zegel::press
