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

    tests::Ran render(const std::string& more = "") const {
        return run(Program + " render --letters " + desk_.path("in") + " --output " +
                   desk_.path("out") + " --key " + desk_.path("room.p12") + " --password-file " +
                   desk_.path("pw") + " --station-certificate " + desk_.path("station.pem") + " " +
                   more);
    }

    tests::MadeHouse house_;
    tests::MadeFolder desk_;
};

TEST_F(Pinmailer, makesOnePdfForEachLetterThatOnlyItsOwnerCanRead) {
    release("7f3a9c", house_.letterFile());
    release("8b1d22", letterNamed("8b1d22"));
    tests::writeFile(desk_.path("in/notes.txt"), bytesOf("not a letter"));
    const auto ran = render();
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("7f3a9c  made"));
    EXPECT_THAT(ran.output, HasSubstr("2 made, 0 refused"));
    for (const auto* code : {"073915", "90124876", "ABCDEFGHJKM6"}) {
        EXPECT_THAT(ran.output, Not(HasSubstr(code)));
    }
    struct stat about {};
    ASSERT_EQ(stat(desk_.path("out/7f3a9c.pdf").c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0600U);
    EXPECT_THAT(run("pdftotext -layout " + desk_.path("out/8b1d22.pdf") + " -").output,
                HasSubstr("073 915"));
}

TEST_F(Pinmailer, replacesNothing) {
    release("7f3a9c", house_.letterFile());
    ASSERT_EQ(render().exitCode, 0);
    const auto before = tests::readFile(desk_.path("out/7f3a9c.pdf"));
    const auto again = render();
    EXPECT_EQ(again.exitCode, 1);
    EXPECT_THAT(again.output, HasSubstr("is there already"));
    EXPECT_EQ(tests::readFile(desk_.path("out/7f3a9c.pdf")), before);
}

TEST_F(Pinmailer, refusesABadLetterByNameAndMakesTheOthers) {
    auto altered = house_.letterFile();
    altered[altered.size() / 2] ^= 0x01U;
    release("000000", altered);
    release("111111", bytesOf("garbage"));
    release("222222", house_.letterFile());  // under another letter's name
    release("333333", letterNamed("333333"));
    const tests::MadeHouse elsewhere;
    release("444444", elsewhere.letterFile());
    const auto ran = render();
    EXPECT_EQ(ran.exitCode, 1);
    EXPECT_THAT(ran.output, HasSubstr("000000  refused   seal-broken"));
    EXPECT_THAT(ran.output, HasSubstr("111111  refused   seal-broken"));
    EXPECT_THAT(ran.output, HasSubstr("222222  refused   seal-broken: the file's name"));
    EXPECT_THAT(ran.output, HasSubstr("333333  made"));
    EXPECT_THAT(ran.output, HasSubstr("444444  refused   seal-broken: the record is signed by"));
    EXPECT_THAT(ran.output, HasSubstr("1 made, 4 refused"));
    int files = 0;
    for (const auto& entry : fs::directory_iterator{desk_.path("out")}) {
        EXPECT_EQ(entry.path().filename(), "333333.pdf");  // no half letter is left behind
        ++files;
    }
    EXPECT_EQ(files, 1);
}

TEST_F(Pinmailer, endsWithThreeWhenASettingCannotBeUsed) {
    release("7f3a9c", house_.letterFile());
    tests::writeFile(desk_.path("pw"), bytesOf("fout\n"));
    const auto wrong = render();
    EXPECT_EQ(wrong.exitCode, 3);
    EXPECT_THAT(wrong.output, HasSubstr("the password does not open"));
    tests::writeFile(desk_.path("pw"), bytesOf("geheim\n"));
    EXPECT_EQ(run("rm -r " + desk_.path("out")).exitCode, 0);
    EXPECT_EQ(render().exitCode, 3);
    EXPECT_THAT(render().output, HasSubstr("make it first"));
}

TEST_F(Pinmailer, takesThePasswordFromStandardInput) {
    release("7f3a9c", house_.letterFile());
    const auto ran =
        run("printf 'geheim\\n' | " + Program + " render --letters " + desk_.path("in") +
            " --output " + desk_.path("out") + " --key " + desk_.path("room.p12") +
            " --password-file - --station-certificate " + desk_.path("station.pem"));
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
}

TEST_F(Pinmailer, refusesALetterWhoseTemplateIsNotThere) {
    auto letter = tests::madeLetter();
    letter.language = "fr";
    release("7f3a9c", house_.letterFile(letter, tests::madeCodes(), tests::madeBond()));
    const auto ran = render();
    EXPECT_EQ(ran.exitCode, 1);
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

TEST_F(Pinmailer, makesAnotherFileOfALetterThatIsToBePrintedAgain) {
    release("7f3a9c", house_.letterFile());
    ASSERT_EQ(render().exitCode, 0);
    auto again = tests::madeLetter();
    again.edition = 2;
    release("7f3a9c", house_.letterFile(again, tests::madeCodes(), tests::madeBond()));
    const auto ran = render();
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
    for (const auto* wrong : {"", " reveal", " render", " render --letters", " show",
                              " preview --template a --language nl --output x --carrier paper",
                              " preview --template a --language nl --output x --window left",
                              " render --lettres x", " show a --key b"}) {
        const auto ran = run(Program + wrong);
        EXPECT_EQ(ran.exitCode, 2) << wrong << ": " << ran.output;
        EXPECT_THAT(ran.output, HasSubstr("--help")) << wrong;
    }
}

TEST_F(Pinmailer, dumpsNoCoreAndStaysOutOfSwapOrSaysThatItCannot) {
    // It opens the password file after it has guarded itself; the shell waits for that.
    const auto ran = run("mkfifo " + desk_.path("wait") + "; " + Program + " render --letters " +
                         desk_.path("in") + " --output " + desk_.path("out") + " --key " +
                         desk_.path("room.p12") + " --password-file " + desk_.path("wait") +
                         " --station-certificate " + desk_.path("station.pem") +
                         " & pid=$!; exec 9>" + desk_.path("wait") +
                         "; cat /proc/$pid/limits /proc/$pid/status; echo geheim >&9; exec 9>&-; "
                         "wait $pid");
    EXPECT_EQ(ran.exitCode, 0) << ran.output;
    EXPECT_THAT(ran.output, testing::ContainsRegex("Max core file size +0 +0"));
    if (!tests::MemoryIsAsShipped) return;  // the sanitizer's mlockall does nothing
    EXPECT_THAT(ran.output, testing::AnyOf(testing::ContainsRegex("VmLck:[ \t]+[1-9]"),
                                           HasSubstr("memory is not locked")));
}

}  // namespace
}  // namespace zegel::press
