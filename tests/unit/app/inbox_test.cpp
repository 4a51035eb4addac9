#include "station/app/inbox.h"

#include "drivers/base/failure.h"
#include "station/app/refused_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdlib.h>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InboxTest : public ::testing::Test {
protected:
    ~InboxTest() override { fs::remove_all(folder_); }

    static fs::path madeFolder() {
        std::string name = (fs::temp_directory_path() / "zegel-inbox-XXXXXX").string();
        return ::mkdtemp(name.data());
    }
    void lay(const fs::path& file) { std::ofstream{root_ / file} << "{}"; }
    Inbox inboxOf(const std::string& kind) {
        return {root_ / kind,
                [this](const fs::path& file) {
                    if (file.filename().string().find("bad") != std::string::npos) {
                        throw Failure{Fault::OrderUnusable, file.filename().string() + ": no good"};
                    }
                    handled_.push_back(file.filename().string());
                },
                [](const std::string&, const std::string&) {}};
    }

    fs::path folder_ = madeFolder();
    fs::path root_ = folder_ / "inbox";
    std::vector<std::string> handled_;
};

TEST_F(InboxTest, waitsForAFolderThatIsGoneAndMakesNothingInItsPlace) {
    auto inbox = inboxOf("batches");
    fs::rename(root_, folder_ / "unmounted");
    EXPECT_EQ(inbox.empty(), 0U);
    EXPECT_THAT(inbox.trouble(), HasSubstr((root_ / "batches").string()));
    EXPECT_THAT(inbox.trouble(), HasSubstr("inbox under [station] in the settings"));
    EXPECT_THAT(inbox.trouble(), HasSubstr("[setting-unusable]"));
    EXPECT_FALSE(fs::exists(root_)) << "something else is to be mounted there";

    fs::rename(folder_ / "unmounted", root_);
    lay("batches/one.json");
    EXPECT_EQ(inbox.empty(), 1U);
    EXPECT_EQ(inbox.trouble(), "");
    EXPECT_THAT(handled_, ElementsAre("one.json"));
}

TEST_F(InboxTest, isMissedAndNoDefectWhenItGoesWhileAFileIsTaken) {
    for (const auto* name : {"one.json", "bad.json"}) {
        Inbox inbox{root_ / "batches",
                    [this](const fs::path& file) {
                        fs::rename(root_, folder_ / "unmounted");
                        if (file.filename() == "bad.json")
                            throw Failure{Fault::OrderUnusable, "no good"};
                    },
                    [](const std::string&, const std::string&) {}};
        lay(fs::path{"batches"} / name);
        EXPECT_EQ(inbox.empty(), 0U);
        EXPECT_THAT(inbox.trouble(), HasSubstr("cannot look into the folder")) << name;
        fs::rename(folder_ / "unmounted", root_);
        EXPECT_TRUE(fs::exists(root_ / "batches" / name)) << "for the next time";
        fs::remove(root_ / "batches" / name);
    }
}

TEST_F(InboxTest, refusesAFileWhoseLetterCannotBeMadeAndGoesOn) {
    Inbox inbox{root_ / "receipts",
                [](const fs::path&) {
                    throw Failure{Fault::LetterUnusable, "put it back"};
                },
                [](const std::string&, const std::string&) {}};
    lay("receipts/one.json");
    EXPECT_EQ(inbox.empty(), 1U);
    EXPECT_TRUE(fs::exists(root_ / "receipts/refused/one.json"));
    EXPECT_EQ(inbox.empty(), 0U);
}

TEST_F(InboxTest, goesOnWhenAFileIsTakenBackWhileItIsHandled) {
    std::vector<std::string> refused;
    Inbox inbox{root_ / "decisions",
                [this](const fs::path& file) {
                    handled_.push_back(file.filename().string());
                    fs::remove(file);
                    if (handled_.size() == 2) throw Failure{Fault::RequestRefused, "too late"};
                },
                [&](const std::string& file, const std::string&) { refused.push_back(file); }};
    for (const auto* name : {"one.json", "two.json", "three.json"})
        lay(fs::path{"decisions"} / name);
    EXPECT_EQ(inbox.empty(), 3U);
    EXPECT_EQ(handled_.size(), 3U);
    EXPECT_EQ(inbox.trouble(), "");
    EXPECT_TRUE(refused.empty()) << "nobody is there to be told";
}

TEST_F(InboxTest, isMadeAgainInAFolderThatSomebodyMadeAnew) {
    auto inbox = inboxOf("batches");
    fs::remove_all(root_);
    EXPECT_EQ(inbox.empty(), 0U);
    fs::create_directory(root_);
    EXPECT_EQ(inbox.empty(), 0U);
    EXPECT_EQ(inbox.trouble(), "");
    fs::remove_all(root_ / "batches/taken");
    lay("batches/one.json");
    EXPECT_EQ(inbox.empty(), 1U);
    EXPECT_TRUE(fs::exists(root_ / "batches/taken/one.json"));
}

TEST_F(InboxTest, refusedBatchesAndReceiptsAreSeenUntilTheyAreTakenAway) {
    auto batches = inboxOf("batches");
    auto receipts = inboxOf("receipts");
    for (const auto* file :
         {"batches/bad-batch.json", "receipts/bad-receipt.json", "receipts/asked-bad.json"}) {
        lay(file);
    }
    batches.empty();
    receipts.empty();
    std::vector<std::string> seen;
    for (const auto& file : refusedFiles(root_))
        seen.push_back(file.kind + ": " + file.reason);
    EXPECT_THAT(seen, ::testing::UnorderedElementsAre(
                          "batch: bad-batch.json: no good [order-unusable]",
                          "receipt: bad-receipt.json: no good [order-unusable]"))
        << "who asked at the command line was told at once";
    fs::remove_all(root_ / "receipts");
    fs::remove(root_ / "batches/refused/bad-batch.json");
    EXPECT_TRUE(refusedFiles(root_).empty());
}

}  // namespace
}  // namespace zegel::station
