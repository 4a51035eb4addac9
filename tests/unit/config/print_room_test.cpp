#include "config/print_room.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace zegel::config {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

/// The shipped example in a folder of its own, with the files it names.
class PrintRoomFile : public testing::Test {
protected:
    PrintRoomFile() {
        std::string pattern = testing::TempDir() + "/zegel-room-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        fs::create_directory(folder_ / "station");
        for (const auto* name :
             {"token.pin", "station/ca.pem", "station/print-room.pem", "station/print-room.key",
              "station/seal.pem", "printer.pem", "module.so", "room.p12"}) {
            std::ofstream(folder_ / name) << "x";
            fs::permissions(folder_ / name, fs::perms::owner_read | fs::perms::owner_write);
        }
    }
    ~PrintRoomFile() override { fs::remove_all(folder_); }

    static std::string example() {
        std::ifstream in(ZEGEL_SOURCE_DIR "/config/examples/print-room.toml");
        std::stringstream stream;
        stream << in.rdbuf();
        return replaced(stream.str(), "/usr/lib/softhsm/libsofthsm2.so", "module.so");
    }
    static std::string replaced(std::string text, const std::string& from, const std::string& to) {
        const auto at = text.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return text.replace(at, from.size(), to);
    }
    PrintRoomSettings read(const std::string& content) const {
        std::ofstream(folder_ / "print-room.toml") << content;
        return readPrintRoomSettings(folder_ / "print-room.toml");
    }
    std::string refusalOf(const std::string& from, const std::string& to) const {
        try {
            read(replaced(example(), from, to));
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
            return failure.what();
        }
        return "read";
    }

    fs::path folder_;
};

TEST_F(PrintRoomFile, readsTheShippedExample) {
    const auto settings = read(example());
    EXPECT_EQ(settings.journal, folder_ / "journal");
    EXPECT_FALSE(settings.templates);
    EXPECT_FALSE(settings.window);
    EXPECT_TRUE(settings.key.inToken);
    EXPECT_EQ(settings.key.label, "print-room");
    EXPECT_EQ(settings.station.url, "https://station.example:8443");
    EXPECT_EQ(settings.station.seal, folder_ / "station/seal.pem");
    EXPECT_EQ(settings.printer.certificate, folder_ / "printer.pem");
    EXPECT_EQ(settings.printer.media, "iso_a4_210x297mm");
    EXPECT_TRUE(settings.printer.countsImpressions);
    EXPECT_FALSE(settings.printer.inTheClear);
    EXPECT_EQ(settings.printer.finishWithin, std::chrono::seconds{300});
}

TEST_F(PrintRoomFile, readsAKeyInAFileAndMillimetres) {
    auto text = replaced(example(), "[token]", "[pkcs12]");
    text = replaced(text, "module = \"module.so\"", "file = \"room.p12\"");
    text = replaced(text, "label = \"print-room\"", "");
    text = replaced(text, "pin_file", "password_file");
    text = replaced(text, "certificates = []", "");
    text = replaced(text, "# window = \"20,45\"", "window = \"20,45.5\"");
    text = replaced(text, "offset = \"0,0\"", "offset = \"-1.5,2\"");
    const auto settings = read(text);
    EXPECT_FALSE(settings.key.inToken);
    EXPECT_EQ(settings.key.file, folder_ / "room.p12");
    EXPECT_EQ(settings.window, (std::array<double, 2>{20, 45.5}));
    EXPECT_EQ(settings.printer.offset, (std::array<double, 2>{-1.5, 2}));
}

TEST_F(PrintRoomFile, namesLineAndKeyOfEveryMistake) {
    EXPECT_THAT(refusalOf("journal =", "jornal ="),
                AllOf(HasSubstr("print-room.toml:6:"), HasSubstr("journal")));
    EXPECT_THAT(refusalOf("https://station", "http://station"), HasSubstr("https://"));
    EXPECT_THAT(refusalOf("[token]", "[tokens]"), HasSubstr("token"));
    EXPECT_THAT(refusalOf("# [pkcs12]\n# file", "[pkcs12]\nfile"), HasSubstr("beside [token]"));
    EXPECT_THAT(refusalOf("offset = \"0,0\"", "offset = \"12,0\""), HasSubstr("10 mm"));
    EXPECT_THAT(refusalOf("offset = \"0,0\"", "offset = \"left\""), HasSubstr("like 20,45"));
    EXPECT_THAT(refusalOf("# in_the_clear", "in_the_clear"), HasSubstr("in_the_clear"));
    EXPECT_THAT(refusalOf("printer.pem", "gone.pem"), HasSubstr("gone.pem"));
    EXPECT_THAT(refusalOf("finish_within_seconds = 300", "finish_within_seconds = 0"),
                HasSubstr("finish_within_seconds"));
}

TEST_F(PrintRoomFile, refusesSecretsThatOthersMayRead) {
    for (const auto* name : {"token.pin", "station/print-room.key"}) {
        fs::permissions(folder_ / name, fs::perms::others_read, fs::perm_options::add);
        EXPECT_THAT(refusalOf("[token]", "[token]"), HasSubstr("may be read by others")) << name;
        fs::permissions(folder_ / name, fs::perms::others_read, fs::perm_options::remove);
    }
}

TEST_F(PrintRoomFile, namesAFolderOfLettersThatIsThere) {
    EXPECT_FALSE(read(example()).letters);
    const auto from = std::string{"# letters = \"fetched\""};
    const auto to = std::string{"letters = \"fetched\""};
    EXPECT_THAT(refusalOf(from, to), HasSubstr("print_room.letters"));
    fs::create_directory(folder_ / "fetched");
    EXPECT_EQ(read(replaced(example(), from, to)).letters, folder_ / "fetched");
}

}  // namespace
}  // namespace zegel::config
