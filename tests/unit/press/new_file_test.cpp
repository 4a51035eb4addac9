#include "pinmailer/press/new_file.h"

#include "drivers/base/failure.h"
#include "tests/unit/seal/made_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;

TEST(NewFile, hasNoNameBeforeItIsWhole) {
    const tests::MadeFolder folder;
    const fs::path path = folder.path("letter.pdf");
    const auto others = [&] {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& each : fs::directory_iterator{path.parent_path()})
            ++count;
        return count;
    };
    const int nameless = open(folder.path().c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
    if (nameless < 0) GTEST_SKIP() << "this file system keeps no file without a name";
    close(nameless);
    const auto before = others();
    NewFile file{path.string()};
    file.write(bytesOf("a page"));
    EXPECT_EQ(others(), before) << "a program that dies here leaves nothing";
    file.keep();
    EXPECT_EQ(textOf(tests::readFile(path.string())), "a page");
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST(NewFile, replacesNoneThatCameMeanwhile) {
    const tests::MadeFolder folder;
    NewFile first{folder.path("letter.pdf")};
    NewFile second{folder.path("letter.pdf")};
    first.write(bytesOf("first"));
    first.keep();
    EXPECT_THROW(second.keep(), Failure);
    EXPECT_EQ(textOf(tests::readFile(folder.path("letter.pdf"))), "first");
}

TEST(NewFile, replacesAnotherWholeWhereThatIsSaid) {
    const tests::MadeFolder folder;
    tests::writeFile(folder.path("preview.png"), bytesOf("an older one"));
    {
        NewFile unfinished{folder.path("preview.png"), NewFile::Over::AnyFile};
        unfinished.write(bytesOf("half"));
    }
    EXPECT_EQ(textOf(tests::readFile(folder.path("preview.png"))), "an older one");
    NewFile file{folder.path("preview.png"), NewFile::Over::AnyFile};
    file.write(bytesOf("new"));
    file.keep();
    EXPECT_EQ(textOf(tests::readFile(folder.path("preview.png"))), "new");
    EXPECT_FALSE(fs::exists(folder.path("preview.png.part")));
}

}  // namespace
}  // namespace zegel::press
