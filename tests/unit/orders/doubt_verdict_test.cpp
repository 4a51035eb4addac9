#include "station/orders/doubt_verdict.h"

#include "drivers/base/failure.h"
#include "tests/judges/json_schema_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace zegel::station {
namespace {

using ::testing::HasSubstr;

const std::string Good = R"({
  "verdict": "V-1",
  "transaction": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
  "found": "issued",
  "serial": "0a:1b",
  "by": "T. Ester",
  "why": "seen in the CA's list"
})";

std::string with(const std::string& from, const std::string& to) {
    std::string content = Good;
    return content.replace(content.find(from), from.size(), to);
}

DoubtVerdict read(const std::string& content) {
    std::istringstream in{content};
    return readDoubtVerdict(in, "v.json");
}

std::string refusalOf(const std::string& content) {
    try {
        read(content);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::OrderUnusable);
        return failure.what();
    }
    ADD_FAILURE() << "taken: " << content;
    return "";
}

const std::string WithoutSerial = "\"found\": \"never-issued\"";

std::string neverIssued() {
    auto content = with("\"found\": \"issued\"", WithoutSerial);
    const std::string serial = "\"serial\": \"0a:1b\",";
    return content.erase(content.find(serial), serial.size());
}

TEST(DoubtVerdict, isReadInOneSpelling) {
    const auto verdict = read(Good);
    EXPECT_EQ(verdict.transaction, "0A1B2C3D4E5F60718293A4B5C6D7E8F9");
    EXPECT_EQ(verdict.serial, "0A1B");
    EXPECT_EQ(verdict.by, "T. Ester");
    EXPECT_EQ(read(neverIssued()).serial, std::nullopt);
}

/// A certificate as openssl(1) wrote it: serial 0A1B, of nobody.
const std::string Found =
    "MIIBXDCCAQGgAwIBAgICChswCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBeDAeFw0yNjExMjIwMzIz"
    "MTRaFw0yNjEyMjIwMzIzMTRaMAwxCjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC"
    "AASd60UwL/bOykNdw+h4ncaGqoBgPp/yvLjaeqZCb1fPOw92RJF/iKK2lYoinCh/ZOsyPiS+CAQw"
    "q38NnHR/FuE4o1MwUTAdBgNVHQ4EFgQUzrOqTw4tQl9S5SCzjgg/R+9Vd4wwHwYDVR0jBBgwFoAU"
    "zrOqTw4tQl9S5SCzjgg/R+9Vd4wwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA"
    "qTqAoIfixT0oQrgtYClLtwqJn3nuxOg+MTQYssbVRBACIQDLBj4AVbkM0xiQwrRxh4ZhYeeXw25L"
    "dDMomSqqoGTGZQ==";

std::string withCertificate(const std::string& certificate = Found) {
    return with("\"serial\": \"0a:1b\"", "\"certificate\": \"" + certificate + "\"");
}

TEST(DoubtVerdict, mayBringTheCertificateItself) {
    const auto verdict = read(withCertificate());
    EXPECT_EQ(verdict.serial, "0A1B");
    EXPECT_FALSE(verdict.certificate.empty());
    EXPECT_EQ(verdict.certificate.front(), 0x30);
    EXPECT_EQ(read(with("\"0a:1b\"", "\"0A1B\", \"certificate\": \"" + Found + "\"")).serial,
              "0A1B");
    EXPECT_THAT(refusalOf(with("\"0a:1b\"", "\"0A1C\", \"certificate\": \"" + Found + "\"")),
                HasSubstr("serial: is not the certificate's, which is 0A1B"));
    EXPECT_THAT(refusalOf(withCertificate("AAAA")), HasSubstr("no X.509 certificate"));
    EXPECT_THAT(refusalOf(withCertificate("====")), HasSubstr("base64"));
    EXPECT_THAT(refusalOf(withCertificate(Found.substr(1))), HasSubstr("base64"));
}

TEST(DoubtVerdict, isRefusedWithWhatIsWrong) {
    EXPECT_THAT(refusalOf(with("e8f9", "e8f")), HasSubstr("32 hexadecimal digits"));
    EXPECT_THAT(refusalOf(with("0a:1b", "0x1b")), HasSubstr("serial"));
    EXPECT_THAT(refusalOf(with("0a:1b", "00")), HasSubstr("serial"));
    EXPECT_THAT(refusalOf(with("0a:1b", std::string(42, '1'))), HasSubstr("serial"));
    EXPECT_THAT(refusalOf(with("\"issued\"", "\"perhaps\"")), HasSubstr("never-issued"));
    EXPECT_THAT(refusalOf(with("\"issued\"", "\"never-issued\"")),
                HasSubstr("contradicts that none was issued"));
    EXPECT_THAT(refusalOf(with("\"serial\": \"0a:1b\",", "")),
                HasSubstr("certificate: is missing, and so is the serial"));
    EXPECT_THAT(refusalOf(with("\"by\": \"T. Ester\",", "")), HasSubstr("by: is missing"));
    EXPECT_THAT(refusalOf(with("seen in the CA's list", "")), HasSubstr("why"));
    EXPECT_THAT(refusalOf("[]"), HasSubstr("not an object"));
    EXPECT_THROW(readDoubtVerdictFile("/nonexistent/v.json"), Failure);
}

TEST(DoubtVerdictSchema, agreesWithTheReader) {
    std::string folder = ::testing::TempDir() + "/zegel-verdicts-XXXXXX";
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const std::vector<std::string> good{Good, neverIssued(), with("0a1b2c", "0A:1B 2C"),
                                        withCertificate()};
    const std::vector<std::string> bad{with("e8f9", "e8f"),
                                       with("0a:1b", "0x1b"),
                                       with("\"issued\"", "\"perhaps\""),
                                       with("\"issued\"", "\"never-issued\""),
                                       with("\"serial\": \"0a:1b\",", ""),
                                       withCertificate("===="),
                                       withCertificate(Found.substr(1)),
                                       with("T. Ester", "")};
    std::vector<std::string> files;
    for (const auto* list : {&good, &bad}) {
        for (const auto& content : *list) {
            files.push_back(folder + "/" + std::to_string(files.size()) + ".json");
            std::ofstream(files.back()) << content;
        }
    }
    const auto judged =
        zegel::testing::judgedBySchema("station/orders/doubt_verdict.schema.json", files);
    std::filesystem::remove_all(folder);
    ASSERT_EQ(judged.size(), files.size());
    for (std::size_t at = 0; at < judged.size(); ++at)
        EXPECT_EQ(judged[at] == "valid", at < good.size()) << at << ": " << judged[at];
    for (const auto& content : good)
        EXPECT_NO_THROW(read(content));
    for (const auto& content : bad)
        EXPECT_THROW(read(content), Failure);
}

}  // namespace
}  // namespace zegel::station
