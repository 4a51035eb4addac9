#include "station/orders/doubt_verdict.h"

#include "tests/unit/orders/paper_corpus.h"

#include <gtest/gtest.h>

#include <sstream>

namespace zegel::station {
namespace {

const std::string Good = R"({
  "verdict": "V-1",
  "transaction": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
  "found": "issued",
  "serial": "0a:1b",
  "by": "T. Ester",
  "why": "seen in the CA's list"
})";

std::string with(const std::string& from, const std::string& to) {
    return testing::replaced(Good, from, to);
}

DoubtVerdict read(const std::string& content) {
    std::istringstream in{content};
    return readDoubtVerdict(in, "v.json");
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
}

}  // namespace

testing::Paper testing::doubtVerdicts() {
    const auto withBoth = [](const std::string& serial) {
        return with("\"0a:1b\"", "\"" + serial + "\", \"certificate\": \"" + Found + "\"");
    };
    return {"verdict",
            "V-1",
            "station/orders/doubt_verdict.schema.json",
            readDoubtVerdict,
            readDoubtVerdictFile,
            {Good, neverIssued(), with("0a1b2c", "0A:1B 2C"), withCertificate()},
            {{with("e8f9", "e8f"), "32 hexadecimal digits"},
             {with("0a:1b", "0x1b"), "serial"},
             {with("\"issued\"", "\"perhaps\""), "never-issued"},
             {with("\"issued\"", "\"never-issued\""), "contradicts that none was issued"},
             {with("\"serial\": \"0a:1b\",", ""), "certificate: is missing, and so is the serial"},
             {with("\"by\": \"T. Ester\",", ""), "by: is missing"},
             {with("T. Ester", ""), "by: "},
             {with("seen in the CA's list", ""), "why"},
             {withCertificate("===="), "base64"},
             {withCertificate(Found.substr(1)), "base64"}},
            {{with("0a:1b", "00"), "serial"},
             {with("0a:1b", std::string(42, '1')), "serial"},
             {withBoth("0A1C"), "serial: is not the certificate's, which is 0A1B"},
             {withCertificate("AAAA"), "no X.509 certificate"}}};
}

}  // namespace zegel::station
