#include "drivers/base/failure.h"
#include "pinmailer/press/program/memory_rule.h"
#include "tests/unit/press/made_letter.h"
#include "tests/unit/seal/memory_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <sys/stat.h>

namespace zegel::press {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using tests::run;

// Nobody may watch the program, its own leak detector included; the library is watched in here.
const std::string Program = "LSAN_OPTIONS=detect_leaks=0 " ZEGEL_BINARY_DIR "/bin/zegel-pinmailer";

/// A print room's desk: its key, the station's certificate, a folder in and a folder out.
class Pinmailer : public testing::Test {
protected:
    void SetUp() override {
        tests::writePem(desk_.path("room.pem"), *house_.room().certificate);
        tests::writePem(desk_.path("room.key"), *house_.room().key);
        tests::writePem(desk_.path("station.pem"), *house_.station().certificate);
        tests::writeFile(desk_.path("pw"), bytesOf("geheim\n"));
        const auto made =
            run("openssl pkcs12 -export -in " + desk_.path("room.pem") + " -inkey " +
                desk_.path("room.key") + " -passout pass:geheim -out " + desk_.path("room.p12"));
        ASSERT_EQ(made.exitCode, 0) << made.output;
        fs::create_directory(desk_.path("in"));
        fs::create_directory(desk_.path("out"));
    }

    void release(const std::string& id, const Bytes& file) const {
        tests::writeFile(desk_.path("in/" + id + ".letter"), file);
    }

    Bytes letterNamed(const std::string& id) const {
        auto letter = tests::madeLetter();
        auto bond = tests::madeBond();
        letter.letter = LetterId{id};
        bond.letter = LetterId{id};
        return house_.letterFile(letter, tests::madeCodes(), bond);
    }

    std::string rendering(const std::string& id, const std::string& password) const {
        return Program + " render " + desk_.path("in/" + id + ".letter") + " --output " +
               desk_.path("out") + " --key " + desk_.path("room.p12") + " --password-file " +
               password + " --station-certificate " + desk_.path("station.pem");
    }

    /// At a terminal (script(1)), where a person answers.
    tests::Ran render(const std::string& id, const std::string& answer = "yes") const {
        return run("echo " + answer + " | script -qec '" + rendering(id, desk_.path("pw")) +
                   "' /dev/null");
    }

    tests::MadeHouse house_;
    tests::MadeFolder desk_;
};

TEST_F(Pinmailer, makesOneLetterAsAFileThatOnlyItsOwnerCanReadOnceAPersonAgrees) {
    release("8b1d22", letterNamed("8b1d22"));
    const auto alone = run("setsid -w env " + rendering("8b1d22", desk_.path("pw")));
    EXPECT_EQ(alone.exitCode, 2);
    EXPECT_THAT(alone.output, HasSubstr("no terminal to answer on: call it in one"));
    const auto unsure = render("8b1d22", "y");
    EXPECT_EQ(unsure.exitCode, 1);
    EXPECT_THAT(unsure.output, HasSubstr("will hold live codes"));
    EXPECT_THAT(unsure.output, HasSubstr("nothing was written"));
    EXPECT_TRUE(fs::is_empty(desk_.path("out")));
    const auto ran = render("8b1d22");
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("8b1d22  made"));
    for (const auto* code : {"073915", "90124876", "ABCDEFGHJKM6"}) {
        EXPECT_THAT(ran.output, Not(HasSubstr(code)));
    }
    struct stat about {};
    ASSERT_EQ(stat(desk_.path("out/8b1d22.pdf").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    EXPECT_THAT(run("pdftotext -layout " + desk_.path("out/8b1d22.pdf") + " -").output,
                HasSubstr("073 915"));
}

TEST_F(Pinmailer, replacesNoLetter) {
    release("7f3a9c", house_.letterFile());
    ASSERT_EQ(render("7f3a9c").exitCode, 0);
    const auto before = tests::readFile(desk_.path("out/7f3a9c.pdf"));
    const auto again = render("7f3a9c");
    EXPECT_EQ(again.exitCode, 1);
    EXPECT_THAT(again.output, HasSubstr("is there already"));
    EXPECT_EQ(tests::readFile(desk_.path("out/7f3a9c.pdf")), before);
}

TEST_F(Pinmailer, refusesABadLetterByNameBeforeItAsksAnybody) {
    auto altered = house_.letterFile();
    altered[altered.size() / 2] ^= 0x01U;
    release("000000", altered);
    release("111111", bytesOf("garbage"));
    const tests::MadeHouse elsewhere;
    release("444444", elsewhere.letterFile());
    for (const auto* id : {"000000", "111111", "444444", "missing"}) {
        const auto ran = render(id);
        EXPECT_EQ(ran.exitCode, 1) << id;
        EXPECT_THAT(ran.output, Not(HasSubstr("yes/no"))) << id;
    }
    EXPECT_THAT(render("111111").output, HasSubstr("[seal-broken]"));
    EXPECT_THAT(render("444444").output, HasSubstr("the record is signed by"));
    EXPECT_TRUE(fs::is_empty(desk_.path("out")));
}

TEST_F(Pinmailer, endsWithThreeWhenASettingCannotBeUsed) {
    release("7f3a9c", house_.letterFile());
    tests::writeFile(desk_.path("pw"), bytesOf("fout\n"));
    const auto wrong = render("7f3a9c");
    EXPECT_EQ(wrong.exitCode, 3);
    EXPECT_THAT(wrong.output, HasSubstr("the password does not open"));
    EXPECT_TRUE(fs::is_empty(desk_.path("out")));  // no half letter is left behind
    tests::writeFile(desk_.path("pw"), bytesOf("geheim\n"));
    const auto nowhere = run(Program + " render " + desk_.path("in/7f3a9c.letter") + " --output " +
                             desk_.path("nowhere/x.pdf") + " --key k --station-certificate " +
                             desk_.path("station.pem"));
    EXPECT_EQ(nowhere.exitCode, 3);
    EXPECT_THAT(nowhere.output, HasSubstr("make it first"));
}

TEST_F(Pinmailer, takesThePasswordFromStandardInput) {
    release("7f3a9c", house_.letterFile());
    const auto ran =
        run("printf 'yes\\ngeheim\\n' | script -qec '" + rendering("7f3a9c", "-") + "' /dev/null");
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
}

TEST_F(Pinmailer, refusesALetterWhoseTemplateIsNotThere) {
    auto letter = tests::madeLetter();
    letter.language = "fr";
    release("7f3a9c", house_.letterFile(letter, tests::madeCodes(), tests::madeBond()));
    const auto ran = render("7f3a9c");
    EXPECT_EQ(ran.exitCode, 3);
    EXPECT_THAT(ran.output, HasSubstr("pin-letter is not there in language fr, only in en, nl"));
    const auto unknown =
        run(Program + " preview --template pin-lettre --language nl --output " + desk_.path("x"));
    EXPECT_EQ(unknown.exitCode, 3);
    EXPECT_THAT(unknown.output, HasSubstr("pin-letter.en, pin-letter.nl"));
    EXPECT_THAT(unknown.output, HasSubstr("[setting-unusable]"));
}

TEST_F(Pinmailer, showsALetterWithoutItsCodes) {
    release("7f3a9c", house_.letterFile());
    const auto file = desk_.path("in/7f3a9c.letter");
    const auto unchecked = run(Program + " show " + file);
    EXPECT_EQ(unchecked.exitCode, 0);
    EXPECT_THAT(unchecked.output, HasSubstr("file           " + file));
    EXPECT_THAT(unchecked.output, HasSubstr("Mevrouw Y. van den Brink"));
    EXPECT_THAT(unchecked.output, HasSubstr("not checked"));
    EXPECT_THAT(unchecked.output, Not(HasSubstr("073915")));
    const auto checked =
        run(Program + " show " + file + " --station-certificate " + desk_.path("station.pem"));
    EXPECT_THAT(checked.output, HasSubstr("signature      holds"));
    const auto foreign =
        run(Program + " show " + file + " --station-certificate " + desk_.path("room.pem"));
    EXPECT_EQ(foreign.exitCode, 1);
}

TEST_F(Pinmailer, showsEveryLetterItIsAskedForThoughOneIsCut) {
    release("7f3a9c", house_.letterFile());
    const auto file = desk_.path("in/7f3a9c.letter");
    tests::writeFile(desk_.path("in/cut.letter"), bytesOf("cut"));
    const auto ran =
        run(Program + " show " + file + " " + desk_.path("in/cut.letter") + " " + file);
    EXPECT_EQ(ran.exitCode, 1);
    EXPECT_THAT(ran.output, HasSubstr(desk_.path("in/cut.letter") + ": "));
    EXPECT_NE(ran.output.find("file           " + file),
              ran.output.rfind("file           " + file));
}

TEST_F(Pinmailer, namesTheEditionInTheFileOfALetterThatIsPrintedAgain) {
    auto again = tests::madeLetter();
    again.edition = 2;
    release("7f3a9c", house_.letterFile(again, tests::madeCodes(), tests::madeBond()));
    const auto ran = render("7f3a9c");
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
    EXPECT_TRUE(fs::exists(desk_.path("out/7f3a9c-edition-2.pdf")));
    EXPECT_THAT(run(Program + " show " + desk_.path("in/7f3a9c.letter")).output,
                HasSubstr("edition        2"));
}

TEST_F(Pinmailer, previewsEveryVariantWithMadeUpCodes) {
    for (const auto* more : {" --language nl", " --language en --carrier usb-token",
                             " --language nl --without-puk", " --language en --window 100,45"}) {
        const auto path = desk_.path("preview.pdf");
        const auto ran = run(Program + " preview --template pin-letter --output " + path + more);
        EXPECT_EQ(ran.exitCode, 0) << ran.output;
        EXPECT_THAT(run("pdftotext -layout " + path + " -").output, HasSubstr("012 345"));
        fs::remove(path);
    }
}

TEST_F(Pinmailer, aFolderThatIsNotThereIsASettingThatCannotBeUsed) {
    const auto ran = run(Program + " preview --template pin-letter --language nl --output " +
                         desk_.path("nowhere/x.pdf"));
    EXPECT_EQ(ran.exitCode, 3) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr(desk_.path("nowhere") + " is not there"));
    EXPECT_THAT(ran.output, HasSubstr("[setting-unusable]"));
}

TEST_F(Pinmailer, explainsItselfAndRefusesWhatItDoesNotKnow) {
    for (const auto* ask :
         {" --help", " -h", " help", " help render", " show --help", " show -h"}) {
        const auto help = run(Program + ask);
        EXPECT_EQ(help.exitCode, 0) << ask;
        EXPECT_THAT(help.output, HasSubstr("--station-certificate")) << ask;
    }
    EXPECT_THAT(run(Program + " --version").output, HasSubstr("zegel-pinmailer 0."));
    for (const auto* wrong :
         {"", " reveal", " render", " render x --key", " show",
          " preview --template a --language nl --output x --carrier paper",
          " preview --template a --language nl --output x --window left", " render --lettres x",
          " show a --key b", " print --to-file --output x.pdf"}) {
        const auto ran = run(Program + wrong);
        EXPECT_EQ(ran.exitCode, 2) << wrong << ": " << ran.output;
        EXPECT_THAT(ran.output, HasSubstr("--help")) << wrong;
    }
}

TEST_F(Pinmailer, dumpsNoCoreAndStaysOutOfSwapOrSaysThatItCannot) {
    // It opens the certificate after it has guarded itself; the shell waits for that.
    release("7f3a9c", house_.letterFile());
    const auto ran = run("mkfifo " + desk_.path("wait") + "; " + Program + " show " +
                         desk_.path("in/7f3a9c.letter") + " --station-certificate " +
                         desk_.path("wait") + " & pid=$!; exec 9>" + desk_.path("wait") +
                         "; cat /proc/$pid/limits /proc/$pid/status; cat " +
                         desk_.path("station.pem") + " >&9; exec 9>&-; wait $pid");
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
    EXPECT_THAT(ran.output, testing::ContainsRegex("Max core file size +0 +0"));
    if (!tests::MemoryIsAsShipped) return;  // the sanitizer's mlockall does nothing
    EXPECT_THAT(ran.output, testing::AnyOf(testing::ContainsRegex("VmLck:[ \t]+[1-9]"),
                                           HasSubstr("memory is not locked")));
}

/// A machine that lets nobody lock memory, as a user namespace sees it (user_namespaces(7)).
std::string unlocked(const std::string& command, const std::string& swaps) {
    return "unshare -Urm sh -c '" +
           (swaps.empty() ? "" : "mount --bind " + swaps + " /proc/swaps && ") +
           "prlimit --memlock=0:0 env " + command + "'";
}

TEST_F(Pinmailer, opensNoLetterWhereMemoryIsNotLockedAndSwapIsOn) {
    if (!tests::MemoryIsAsShipped) GTEST_SKIP() << "a sanitizer locks no memory";
    const std::string heading = "Filename\tType\tSize\tUsed\tPriority\n";
    tests::writeFile(desk_.path("on"), bytesOf(heading + "/dev/sdz9 partition 999420 0 -2\n"));
    tests::writeFile(desk_.path("off"), bytesOf(heading));
    if (run(unlocked("true", desk_.path("on"))).exitCode != 0)
        GTEST_SKIP() << "this machine has no user namespaces in which to pretend that swap is on";
    for (const auto& command : {" print --settings nowhere.toml", " render x --output y"}) {
        const auto refused = run(unlocked(Program + command, desk_.path("on")));
        EXPECT_EQ(refused.exitCode, 3) << refused.output;
        EXPECT_THAT(refused.output, HasSubstr("memory is not locked: "));
        EXPECT_THAT(refused.output, HasSubstr("Swap is on (/dev/sdz9)"));
        if (swapOfKernel() != 0) continue;  // this machine has swap, whatever its list says
        const auto tried = run(unlocked(Program + command, desk_.path("off")));
        EXPECT_THAT(tried.output, HasSubstr("careful: memory is not locked: "));
        EXPECT_THAT(tried.output, Not(HasSubstr("Swap is on")));
    }
    const auto looked = run(unlocked(Program + " check", desk_.path("on")));
    EXPECT_EQ(looked.exitCode, 0) << "it opens no letter: " << looked.output;
}

TEST(MemoryRule, holdsWhereTheKernelHasSwapAndNoListTellsOfIt) {
    constexpr std::uint64_t Some = 1;
    EXPECT_NO_THROW(expectNoSwap("not locked", 0, "/nowhere/swaps"));
    EXPECT_THROW(expectNoSwap("not locked", Some, "/nowhere/swaps"), Failure);
    EXPECT_THROW(expectNoSwap("not locked", Some, "/dev/null"), Failure);
}

}  // namespace
}  // namespace zegel::press
