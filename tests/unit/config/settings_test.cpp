#include "config/settings.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::config {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The shipped example in a folder of its own, with the files it names.
class SettingsFile : public ::testing::Test {
protected:
    SettingsFile() {
        std::string pattern = ::testing::TempDir() + "/zegel-settings-XXXXXX";
        folder_ = mkdtemp(pattern.data());
        fs::create_directory(folder_ / "profiles");
        for (const auto* name :
             {"authority/ca.pem", "authority/registration.pem", "token.pin", "seal/print-room.pem",
              "seal/station.pem", "seal/recovery.pem", "chips/maker.pem", "orders/station.pem",
              "orders/ca.pem", "module.so", "api/server.pem", "api/server.key", "api/ca.pem",
              "api/crl.pem"}) {
            fs::create_directories((folder_ / name).parent_path());
            std::ofstream(folder_ / name) << "x";
        }
        for (const auto* name : {"token.pin", "api/server.key"})
            fs::permissions(folder_ / name, fs::perms::owner_read | fs::perms::owner_write);
    }
    ~SettingsFile() override { fs::remove_all(folder_); }

    /// The example, with the module that every machine has; then one change.
    static std::string example(const std::string& from = "", const std::string& to = "") {
        std::ifstream in(ZEGEL_SOURCE_DIR "/config/examples/station.toml");
        std::stringstream stream;
        stream << in.rdbuf();
        std::string content = stream.str();
        const std::string module = "/usr/lib/softhsm/libsofthsm2.so";
        content.replace(content.find(module), module.size(), "module.so");
        const std::size_t at = content.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return content.replace(at, from.size(), to);
    }

    fs::path write(const std::string& content) const {
        std::ofstream(folder_ / "station.toml") << content;
        return folder_ / "station.toml";
    }

    std::string refusalOf(const std::string& from, const std::string& to) const {
        return refusalOf(example(from, to));
    }

    std::string refusalOf(const std::string& content) const {
        try {
            readSettings(write(content));
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::SettingUnusable);
            return failure.what();
        }
        ADD_FAILURE() << "the settings were taken";
        return {};
    }

    fs::path folder_;
};

TEST_F(SettingsFile, readsTheShippedExampleWhole) {
    const Settings settings = readSettings(write(example()));
    EXPECT_EQ(settings.file, folder_ / "station.toml");
    EXPECT_EQ(settings.station.name, "Production room 1");
    EXPECT_EQ(settings.station.issuerPrefix, "ZG");
    EXPECT_EQ(settings.station.verbosity, Verbosity::Progress);
    EXPECT_FALSE(settings.station.transcripts.has_value());
    ASSERT_EQ(settings.readers.services.size(), 1U);
    EXPECT_EQ(settings.readers.services[0].name, "");
    EXPECT_FALSE(settings.readers.services[0].socket.has_value());
    EXPECT_THAT(settings.readers.tokenReaders, ElementsAre("*Token*"));
    EXPECT_EQ(settings.authority.url, "http://127.0.0.1:8829/cmp");
    EXPECT_EQ(settings.authority.keyLabel, "registration");
    EXPECT_EQ(settings.authority.answerWithin, std::chrono::seconds{30});
    EXPECT_EQ(settings.authority.decideWithin, std::chrono::seconds{300});
    EXPECT_EQ(settings.authority.lines, 16U);
    EXPECT_THAT(settings.authority.crl, ElementsAre("http://crl.example/issuing.crl"));
    EXPECT_EQ(settings.authority.crlLookEvery, std::chrono::seconds{60});
    EXPECT_EQ(settings.authority.crlWithin, std::chrono::minutes{60});
    EXPECT_EQ(settings.token.label, "zegel");
    EXPECT_EQ(settings.token.masterKeyLabel, "card-master");
    EXPECT_EQ(settings.token.wrapKeyLabel, "group-wrap");
    EXPECT_EQ(settings.seal.keyLabel, "seal");
    EXPECT_EQ(settings.seal.printRoom.size(), 1U);
    EXPECT_THAT(settings.chips.attestationRoots, ElementsAre(folder_ / "chips/maker.pem"));
    ASSERT_TRUE(settings.orders.has_value());
    EXPECT_EQ(settings.orders->eventsUrl, "https://orders.example/zegel/events");
    EXPECT_EQ(settings.orders->certificate, folder_ / "orders/station.pem");
    EXPECT_EQ(settings.orders->keyLabel, "events");
    EXPECT_THAT(settings.orders->certificates, ElementsAre(folder_ / "orders/ca.pem"));
    EXPECT_EQ(settings.orders->answerWithin, std::chrono::seconds{10});
    EXPECT_EQ(settings.orders->longestPause, std::chrono::seconds{60});
}

TEST_F(SettingsFile, readsWhatTheApiNeeds) {
    const Settings settings = readSettings(write(example("operator = []", "operator = [\"Ada\"]")));
    ASSERT_TRUE(settings.api.has_value());
    EXPECT_EQ(settings.api->address, "127.0.0.1");
    EXPECT_EQ(settings.api->port, 8443);
    EXPECT_EQ(settings.api->clientCrl, folder_ / "api/crl.pem");
    EXPECT_EQ(settings.api->requestsPerSecond, 200);
    EXPECT_EQ(settings.api->batchWithin, std::chrono::seconds{300});
    EXPECT_EQ(settings.api->approvalsLast, std::chrono::hours{24});
    EXPECT_THAT(settings.api->roles.at("operator"), ElementsAre("Ada"));
    EXPECT_FALSE(settings.api->roles.contains("auditor"));
    const auto six = readSettings(write(example("127.0.0.1:8443", "[::1]:9")));
    EXPECT_EQ(six.api->address, "::1");
    EXPECT_EQ(six.api->port, 9);
    const auto without = example();
    EXPECT_FALSE(readSettings(write(without.substr(0, without.find("[api]")))).api.has_value());
}

TEST_F(SettingsFile, takesFromTheInboxWhatItNames) {
    const auto takesIn = [&](const std::string& kinds) {
        const auto found =
            readSettings(write(example("reports = \"reports\"",
                                       "inbox_takes = " + kinds + "\nreports = \"reports\"")))
                .station.inboxTakes;
        return std::vector{found.batches, found.receipts, found.decisions};
    };
    EXPECT_THAT(takesIn("[]"), ElementsAre(false, false, false));
    EXPECT_THAT(takesIn("[\"batches\", \"receipts\"]"), ElementsAre(true, true, false));
    EXPECT_THAT(takesIn("[\"decisions\"]"), ElementsAre(false, false, true));
    EXPECT_THAT(refusalOf("reports = \"reports\"", "inbox_takes = [\"batch\"]"),
                AllOf(HasSubstr("station.inbox_takes: \"batch\""), HasSubstr("\"receipts\"")));
    auto without =
        example("reports = \"reports\"", "inbox_takes = [\"batches\"]\nreports = \"reports\"");
    without.erase(without.find("[api]"));
    EXPECT_THAT(refusalOf(without), HasSubstr("closes the only way in"));
}

TEST_F(SettingsFile, refusesAnApiThatCannotBe) {
    for (const auto* listen : {"8443", "127.0.0.1", "127.0.0.1:", ":8443", "127.0.0.1:65536",
                               "127.0.0.1:8443x", "::1:8443", "local host:8443"}) {
        EXPECT_THAT(refusalOf("127.0.0.1:8443", listen), HasSubstr("api.listen: ")) << listen;
    }
    EXPECT_THAT(refusalOf("auditor = []", "auditors = []"),
                HasSubstr("api.roles.auditors: is not a key of this table; did you mean auditor?"));
    EXPECT_THAT(refusalOf("auditor = []", "auditor = [\"sha256:12:34\"]"),
                AllOf(HasSubstr("api.roles.auditor: "), HasSubstr("is no fingerprint")));
    EXPECT_THAT(refusalOf("\"api/crl.pem\"", "\"api/no.pem\""), HasSubstr("api.client_crl: "));
    EXPECT_THAT(refusalOf("requests_per_second = 200", "requests_per_second = 0"),
                HasSubstr("api.requests_per_second: is 0"));
    fs::permissions(folder_ / "api/server.key", fs::perms::others_read, fs::perm_options::add);
    EXPECT_THAT(refusalOf(example()), AllOf(HasSubstr("api.key: "), HasSubstr("chmod 600")));
}

TEST_F(SettingsFile, takesCrlsFromServersAndFilesAndMayDoWithout) {
    const std::string shipped = "[\"http://crl.example/issuing.crl\"]";
    const auto both = readSettings(
        write(example(shipped, "[\"http://crl.example/issuing.crl\", \"authority/ca.crl\"]")));
    EXPECT_THAT(both.authority.crl,
                ElementsAre("http://crl.example/issuing.crl",
                            (folder_.lexically_normal() / "authority/ca.crl").string()));
    EXPECT_TRUE(readSettings(write(example("crl = " + shipped, ""))).authority.crl.empty());
    for (const auto* other : {"https://crl.example/x", "ldap://crl.example/x"}) {
        EXPECT_THAT(refusalOf("http://crl.example/issuing.crl", other),
                    AllOf(HasSubstr("authority.crl: "), HasSubstr("no address that a CRL")))
            << other;
    }
}

TEST_F(SettingsFile, takesPathsFromWhereTheSettingsFileLies) {
    const Settings settings = readSettings(
        write(example("ledger = \"ledger/station.sqlite\"", "ledger = \"/var/lib/z.sqlite\"")));
    EXPECT_EQ(settings.station.ledger, "/var/lib/z.sqlite");
    EXPECT_EQ(settings.station.inbox, folder_ / "inbox");
    EXPECT_EQ(settings.authority.certificates.at(0), folder_ / "authority/ca.pem");
}

TEST_F(SettingsFile, doesWithoutWhatIsOptional) {
    std::string content = example("verbosity = \"progress\"", "");
    const std::size_t readers = content.find("[readers]");
    content.erase(readers, content.find("[authority]") - readers);
    content.erase(content.find("[orders]"));
    const Settings settings = readSettings(write(content));
    EXPECT_TRUE(settings.readers.tokenReaders.empty());
    EXPECT_TRUE(settings.chips.attestationRoots.empty());
    EXPECT_FALSE(settings.orders.has_value());
    EXPECT_EQ(settings.station.verbosity, Verbosity::Progress);
}

TEST_F(SettingsFile, takesSeveralServicesEachWithItsNameAndSocket) {
    const auto with = [](const std::string& tables) { return "ignore_readers = []\n" + tables; };
    const std::string two =
        "[[readers.services]]\nname = \"left\"\nsocket = \"/run/left\"\n"
        "[[readers.services]]\nname = \"right\"\nsocket = \"/run/right\"\n";
    const auto settings = readSettings(write(example("ignore_readers = []", with(two))));
    ASSERT_EQ(settings.readers.services.size(), 2U);
    EXPECT_EQ(settings.readers.services[1].name, "right");
    EXPECT_EQ(settings.readers.services[1].socket, "/run/right");

    EXPECT_THAT(refusalOf("ignore_readers = []", "socket = \"/run/one\"\n" + two),
                HasSubstr("readers.socket: stands beside [[readers.services]]"));
    const std::string another = "[[readers.services]]\nname = \"third\"\nsocket = ";
    EXPECT_THAT(refusalOf("ignore_readers = []", two + another + "\"/run/left\"\n"),
                HasSubstr("has the name \"third\" or its socket already"));
    EXPECT_THAT(refusalOf("ignore_readers = []",
                          "[[readers.services]]\nname = \"a/b\"\nsocket = \"/run/a\"\n"),
                HasSubstr("holds no '/'"));
    EXPECT_THAT(refusalOf("ignore_readers = []", "[[readers.services]]\nname = \"left\"\n"),
                HasSubstr("socket"));
}

TEST_F(SettingsFile, namesUnknownKeysAndTables) {
    const auto content = example();
    const auto above = content.substr(0, content.find("verbosity ="));
    const auto line = std::to_string(1 + std::ranges::count(above, '\n'));
    EXPECT_THAT(refusalOf("verbosity =", "verbose ="),
                AllOf(HasSubstr("station.toml:" + line + ":1: station.verbose: "),
                      HasSubstr("is not a key of this table; did you mean verbosity?")));
    EXPECT_THAT(refusalOf("key_label = \"seal\"", "keylabel = \"seal\""),
                HasSubstr("seal.keylabel: is not a key of this table; did you mean key_label?"));
    EXPECT_THAT(refusalOf("[seal]", "[sael]"), HasSubstr("sael: "));
}

TEST_F(SettingsFile, namesAMissingFile) {
    fs::remove(folder_ / "seal/recovery.pem");
    EXPECT_THAT(refusalOf(example()),
                AllOf(HasSubstr(": seal.recovery: "), HasSubstr("seal/recovery.pem is not there")));
    std::ofstream(folder_ / "seal/recovery.pem") << "x";
    EXPECT_THAT(
        refusalOf("[\"authority/ca.pem\"]", "[\"authority/ca.pem\", \"authority/old.pem\"]"),
        AllOf(HasSubstr(": authority.certificates: "), HasSubstr("authority/old.pem")));
    EXPECT_THAT(refusalOf("\"seal/station.pem\"", "\"seal\""), HasSubstr("or is no file"));
    EXPECT_THAT(refusalOf("\"profiles\"", "\"profils\""),
                AllOf(HasSubstr("station.profiles: "), HasSubstr("is no folder; make it")));
}

TEST_F(SettingsFile, asksForNoFilesWhereACommandNeedsNone) {
    fs::remove_all(folder_ / "seal");
    fs::remove(folder_ / "token.pin");
    const Settings settings = readSettings(write(example()), NamedFiles::NotAsked);
    EXPECT_EQ(settings.station.inbox, folder_ / "inbox");
}

TEST_F(SettingsFile, refusesAPinFileThatOthersMayRead) {
    fs::permissions(folder_ / "token.pin", fs::perms::group_read, fs::perm_options::add);
    EXPECT_THAT(refusalOf(example()), AllOf(HasSubstr("token.pin_file: "), HasSubstr("chmod 600")));
}

TEST_F(SettingsFile, refusesAnIssuerPrefixThatCertificateNumbersCannotHave) {
    for (const auto* prefix : {"Z", "ZEGEL", "zg", "Z1", "ÄB"}) {
        EXPECT_THAT(refusalOf("\"ZG\"", "\"" + std::string(prefix) + "\""),
                    HasSubstr("station.issuer_prefix: "));
    }
}

TEST_F(SettingsFile, refusesAnAddressThatIsNone) {
    for (const auto* url : {"127.0.0.1:8829", "ftp://ca", "http://", "http:///cmp", "http://:80/",
                            "http://ca example/"}) {
        EXPECT_THAT(refusalOf("\"http://127.0.0.1:8829/cmp\"", "\"" + std::string(url) + "\""),
                    HasSubstr("authority.url: "));
    }
}

TEST_F(SettingsFile, refusesAnOrderSystemThatCannotBeReached) {
    EXPECT_THAT(refusalOf("\"https://orders.example/zegel/events\"", "\"orders.example\""),
                AllOf(HasSubstr("orders.events_url: "), HasSubstr("address of an order system")));
    EXPECT_THAT(refusalOf("[\"orders/ca.pem\"]", "[\"orders/none.pem\"]"),
                AllOf(HasSubstr("orders.certificates: "), HasSubstr("none.pem is not there")));
    EXPECT_THAT(refusalOf("longest_pause_seconds = 60", "longest_pause_seconds = 0"),
                HasSubstr("orders.longest_pause_seconds: is 0"));
    EXPECT_THAT(refusalOf("key_label = \"events\"", ""), HasSubstr("orders.key_label"));
}

TEST_F(SettingsFile, refusesTimesThatCannotBe) {
    EXPECT_THAT(refusalOf("answer_within_seconds = 30", "answer_within_seconds = 0"),
                HasSubstr("authority.answer_within_seconds: is 0"));
    EXPECT_THAT(refusalOf("\nlines = 16", "\nlines = 0"), HasSubstr("authority.lines: is 0"));
    EXPECT_THAT(refusalOf("decide_within_seconds = 300", "decide_within_seconds = 29"),
                HasSubstr("is shorter than answer_within_seconds"));
}

TEST_F(SettingsFile, refusesOneFolderForTwoThings) {
    EXPECT_THAT(refusalOf("reports = \"reports\"", "reports = \"./x/../inbox\""),
                HasSubstr("station.reports: is the same folder as inbox"));
}

TEST_F(SettingsFile, refusesOneKeyForTwoUses) {
    EXPECT_THAT(refusalOf("\"group-wrap\"", "\"card-master\""),
                HasSubstr("token.wrap_key_label: "));
    EXPECT_THAT(refusalOf("label = \"zegel\"", "label = \"" + std::string(33, 'x') + "\""),
                HasSubstr("token.label: is longer than the 32 octets"));
}

TEST_F(SettingsFile, refusesAVerbosityItDoesNotKnow) {
    EXPECT_THAT(refusalOf("\"progress\"", "\"debug\""),
                HasSubstr("station.verbosity: \"debug\" is not known; write mishaps, progress or "
                          "everything"));
}

TEST_F(SettingsFile, namesTheSettingsFileWhenItIsNotThere) {
    EXPECT_THROW(readSettings(folder_ / "absent.toml"), Failure);
}

TEST_F(SettingsFile, makesTheFoldersForTheirOwnerOnly) {
    const Settings settings = readSettings(write(example(
        "# letters = \"letters\"", "letters = \"letters\"\ntranscripts = \"log/transcripts\"")));
    makeFolders(settings);
    makeFolders(settings);
    for (const auto* name :
         {"ledger", "log", "log/transcripts", "inbox", "reports", "letters", "escrow"}) {
        ASSERT_TRUE(fs::is_directory(folder_ / name)) << name;
        EXPECT_EQ(fs::status(folder_ / name).permissions(), fs::perms::owner_all) << name;
    }
    fs::remove(folder_ / "escrow");
    std::ofstream(folder_ / "escrow") << "in the way";
    EXPECT_THROW(makeFolders(settings), Failure);
}

TEST(ReaderPatterns, matchNamesAsAShellWould) {
    EXPECT_TRUE(matches({"*Token*"}, "Virtual USB Token 00 01"));
    EXPECT_TRUE(matches({"*token*"}, "Virtual USB Token 00 01"));
    EXPECT_TRUE(matches({"x", "Reader ? 0?"}, "Reader A 07"));
    EXPECT_TRUE(matches({"*"}, ""));
    EXPECT_TRUE(matches({"a*b*c"}, "aXbXbXc"));
    EXPECT_FALSE(matches({"*Token"}, "Token 00"));
    EXPECT_FALSE(matches({"Token*"}, "USB Token"));
    EXPECT_FALSE(matches({"Reader ?"}, "Reader "));
    EXPECT_FALSE(matches({}, "Reader"));
    EXPECT_FALSE(matches({""}, "Reader"));
}

}  // namespace
}  // namespace zegel::config
