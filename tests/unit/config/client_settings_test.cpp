#include "config/client_settings.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace zegel::config {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// The shipped example in a folder of its own, with the files it names.
class ClientFile : public ::testing::Test {
protected:
    ClientFile() {
        std::string pattern = ::testing::TempDir() + "/zegel-client-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        fs::create_directory(folder_ / "api");
        for (const auto* name : {"api/ca.pem", "api/desk.pem", "api/desk.key"})
            std::ofstream(folder_ / name) << "x";
        fs::permissions(folder_ / "api/desk.key", fs::perms::owner_read);
    }
    ~ClientFile() override { fs::remove_all(folder_); }

    fs::path write(const std::string& from = "", const std::string& to = "") const {
        std::ifstream in(ZEGEL_SOURCE_DIR "/config/examples/client.toml");
        std::stringstream content;
        content << in.rdbuf();
        auto text = content.str();
        text.replace(text.find(from), from.size(), to);
        std::ofstream(folder_ / "client.toml") << text;
        return folder_ / "client.toml";
    }
    std::string refusalOf(const std::string& from, const std::string& to) const {
        try {
            readClientSettings(write(from, to));
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
            return failure.what();
        }
        return "read";
    }

    fs::path folder_;
};

TEST_F(ClientFile, readsTheShippedExampleWhole) {
    const auto client = readClientSettings(write());
    EXPECT_EQ(client.station, "https://station.example:8443");
    EXPECT_EQ(client.authorities, folder_ / "api/ca.pem");
    EXPECT_EQ(client.certificate, folder_ / "api/desk.pem");
    EXPECT_EQ(client.key, folder_ / "api/desk.key");
    EXPECT_EQ(client.answerWithin, std::chrono::seconds{30});
}

TEST_F(ClientFile, mayBeTheStationsOwnSettings) {
    std::ifstream station(ZEGEL_SOURCE_DIR "/config/examples/station.toml");
    std::stringstream whole;
    whole << std::ifstream(ZEGEL_SOURCE_DIR "/config/examples/client.toml").rdbuf()
          << station.rdbuf();
    std::ofstream(folder_ / "station.toml") << whole.str();
    EXPECT_EQ(readClientSettings(folder_ / "station.toml").certificate, folder_ / "api/desk.pem");
}

TEST_F(ClientFile, refusesByName) {
    EXPECT_THAT(refusalOf("https://", "http://"), HasSubstr("client.station: "));
    EXPECT_THAT(refusalOf("api/desk.pem", "api/gone.pem"), HasSubstr("client.certificate: "));
    EXPECT_THAT(refusalOf("authorities =", "authority ="), HasSubstr("did you mean authorities?"));
    EXPECT_THAT(refusalOf("[client]", "[api]"), HasSubstr("has no table [client]"));
    fs::permissions(folder_ / "api/desk.key", fs::perms::others_read, fs::perm_options::add);
    EXPECT_THAT(refusalOf("", ""), AllOf(HasSubstr("client.key: "), HasSubstr("chmod 600")));
}

}  // namespace
}  // namespace zegel::config
