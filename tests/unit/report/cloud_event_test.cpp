#include "station/report/cloud_event.h"

#include "drivers/base/failure.h"
#include "station/report/base64_url.h"
#include "station/report/event_signer.h"
#include "tests/judges/json_schema_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include <filesystem>
#include <fstream>

namespace zegel::station {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using zegel::testing::judgedBySchema;

const EventSource Source{"0123456789abcdef", "Production room 1"};

EventEntry produced() {
    EventEntry event;
    event.sequence = 42;
    event.at = TimePoint{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};
    event.kind = "order";
    event.subject = event.order = "ORD-1";
    event.batch = "B1";
    event.before = "in-production";
    event.after = "produced";
    event.chip = "piv-0180A1B2";
    event.number = "ZG-2026-000001-10";
    event.name = "Team \"Τεστ\"\n";
    return event;
}

EventEntry accepted() {
    EventEntry event;
    event.sequence = 1;
    event.kind = "batch";
    event.subject = event.batch = "B1";
    event.after = "accepted";
    event.orders = 3;
    event.refused = 0;
    return event;
}

class CloudEventFile : public ::testing::Test {
protected:
    CloudEventFile() {
        std::string pattern = ::testing::TempDir() + "/zegel-event-XXXXXX";
        folder_ = mkdtemp(pattern.data());
    }
    ~CloudEventFile() override { fs::remove_all(folder_); }
    std::string written(const std::string& json) {
        const auto file = folder_ / std::to_string(++count_);
        std::ofstream{file} << json;
        return file.string();
    }
    fs::path folder_;
    int count_ = 0;
};

// The attributes that CloudEvents 1.0.2 requires, with their JSON types, and no others but those
// whose names it allows: lower-case letters and digits (section 3, naming conventions).
constexpr const char* RequiredByTheSpecification = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "required": ["id", "source", "specversion", "type"],
  "propertyNames": {"pattern": "^[a-z0-9]+$"},
  "properties": {
    "id": {"type": "string", "minLength": 1},
    "source": {"type": "string", "format": "uri-reference", "minLength": 1},
    "specversion": {"const": "1.0"},
    "type": {"type": "string", "minLength": 1},
    "datacontenttype": {"type": ["string", "null"], "minLength": 1},
    "subject": {"type": ["string", "null"], "minLength": 1},
    "time": {"type": ["string", "null"], "format": "date-time"},
    "sequence": {"type": "string", "minLength": 1},
    "data": true
  }
})";

TEST_F(CloudEventFile, isAsThePublishedSchemaSays) {
    auto nameless = produced();
    nameless.subject = "";
    auto replaced = produced();
    replaced.replacement = true;
    EXPECT_THAT(cloudEventJson(Source, replaced), HasSubstr(R"("replacement":true)"));
    EXPECT_THAT(cloudEventJson(Source, produced()), Not(HasSubstr("replacement")));
    EXPECT_THAT(judgedBySchema("station/report/event.schema.json",
                               {written(cloudEventJson(Source, produced())),
                                written(cloudEventJson(Source, accepted())),
                                written(cloudEventJson(Source, replaced)),
                                written(cloudEventJson(Source, nameless))}),
                ElementsAre("valid", "valid", "valid", HasSubstr("invalid")));
}

TEST_F(CloudEventFile, isAsTheSpecificationRequires) {
    const auto schema = "../" + fs::relative(written(RequiredByTheSpecification),
                                             fs::path{ZEGEL_SOURCE_DIR}.parent_path())
                                    .string();
    EXPECT_THAT(judgedBySchema(schema, {written(cloudEventJson(Source, produced())),
                                        written(R"({"id":"1","source":"/a","type":"b"})")}),
                ElementsAre("valid", HasSubstr("specversion")));
}

TEST(CloudEvent, saysWhatHappenedInOneLine) {
    const auto json = cloudEventJson(Source, produced());
    EXPECT_THAT(json, HasSubstr(R"("id":"0123456789abcdef-42")"));
    EXPECT_THAT(json, HasSubstr(R"("source":"/zegel/Production%20room%201")"));
    EXPECT_THAT(json, HasSubstr(R"("type":"zegel.order.produced")"));
    EXPECT_THAT(json, HasSubstr(R"("subject":"order/ORD-1")"));
    EXPECT_THAT(json, HasSubstr(R"("time":"2026-11-21T00:00:00Z")"));
    EXPECT_THAT(json, HasSubstr(R"("sequence":"0000000000000000042")"));
    EXPECT_THAT(json, HasSubstr(R"("before":"in-production","after":"produced")"));
    EXPECT_THAT(json, Not(HasSubstr("\n")));
    EXPECT_THAT(json, Not(HasSubstr("reason")));
}

TEST(CloudEvent, keepsTheOrderOfSequenceNumbersAsText) {
    auto late = produced();
    late.sequence = std::numeric_limits<std::int64_t>::max();
    const auto at = [](const std::string& json) {
        return json.substr(json.find("\"sequence\":\"") + 12, 19);
    };
    EXPECT_LT(at(cloudEventJson(Source, accepted())), at(cloudEventJson(Source, produced())));
    EXPECT_LT(at(cloudEventJson(Source, produced())), at(cloudEventJson(Source, late)));
}

// RFC 7515, appendix C.
TEST(Base64Url, isAsInRfc7515) {
    EXPECT_EQ(base64Url(Bytes{3, 236, 255, 224, 193}), "A-z_4ME");
    EXPECT_EQ(base64Url({}), "");
}

openssl::PkeyPtr keyOn(const char* curve) {
    return openssl::PkeyPtr{EVP_EC_gen(curve)};
}

openssl::CertificatePtr certificateOver(EVP_PKEY& key) {
    openssl::CertificatePtr certificate{X509_new()};
    X509_set_version(certificate.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), &key);
    X509_sign(certificate.get(), &key, EVP_sha256());
    return certificate;
}

Bytes fromBase64Url(std::string text) {
    for (auto& c : text)
        c = c == '-' ? '+' : c == '_' ? '/' : c;
    const std::size_t padding = (4 - text.size() % 4) % 4;
    text.append(padding, '=');
    Bytes octets(text.size());
    const int length =
        EVP_DecodeBlock(octets.data(), reinterpret_cast<const unsigned char*>(text.data()),
                        static_cast<int>(text.size()));
    EXPECT_GE(length, 0) << text;
    octets.resize(static_cast<std::size_t>(length) - padding);
    return octets;
}

/// As a receiver would, by RFC 7515 appendix F and RFC 7797, with OpenSSL.
bool verifies(const std::string& signature, const std::string& body, EVP_PKEY& key) {
    const auto dots = signature.find("..");
    const auto raw = fromBase64Url(signature.substr(dots + 2));
    if (raw.size() != 64) return false;
    std::unique_ptr<ECDSA_SIG, openssl::Freed<ECDSA_SIG_free>> pair{ECDSA_SIG_new()};
    ECDSA_SIG_set0(pair.get(), BN_bin2bn(raw.data(), 32, nullptr),
                   BN_bin2bn(raw.data() + 32, 32, nullptr));
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(pair.get(), &der);
    const auto input = signature.substr(0, dots) + "." + body;
    const openssl::DigestCtxPtr context{EVP_MD_CTX_new()};
    EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, &key);
    const int verdict =
        EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(length),
                         reinterpret_cast<const unsigned char*>(input.data()), input.size());
    OPENSSL_free(der);
    return verdict == 1;
}

TEST(EventSigner, signsSoThatOpensslAgreesAndNothingMayBeChanged) {
    auto key = keyOn("P-256");
    auto* kept = key.get();
    EVP_PKEY_up_ref(kept);
    const openssl::PkeyPtr verifier{kept};
    const auto certificate = certificateOver(*kept);
    const EventSigner signer{std::move(key), *certificate};
    for (int i = 0; i < 300; ++i) {  // a leading zero in r or s is one in 128
        const auto body = "{\"n\":" + std::to_string(i) + "}";
        const auto signature = signer.sign(body);
        ASSERT_TRUE(verifies(signature, body, *verifier)) << signature;
        ASSERT_FALSE(verifies(signature, body + " ", *verifier));
    }
    const auto signature = signer.sign("x");
    const auto header = textOf(fromBase64Url(signature.substr(0, signature.find('.'))));
    EXPECT_THAT(header, HasSubstr(R"("alg":"ES256")"));
    EXPECT_THAT(header, HasSubstr(R"("b64":false,"crit":["b64"])"));
    const auto der = openssl::toDer(*certificate);
    Bytes digest(32);
    EVP_Digest(der.data(), der.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    const std::string before = "\"x5t#S256\":\"";
    const auto at = header.find(before);
    ASSERT_NE(at, std::string::npos) << header;
    EXPECT_EQ(fromBase64Url(header.substr(at + before.size(), 43)), digest);
}

TEST(EventSigner, refusesAKeyThatIsNotTheCertificatesOrNotOnP256) {
    auto other = keyOn("P-256");
    auto certificate = certificateOver(*other);
    EXPECT_THROW((EventSigner{keyOn("P-256"), *certificate}), Failure);
    auto long384 = keyOn("P-384");
    certificate = certificateOver(*long384);
    EXPECT_THROW((EventSigner{std::move(long384), *certificate}), Failure);
}

}  // namespace
}  // namespace zegel::station
