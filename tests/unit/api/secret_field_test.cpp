#include "station/api/secret_field.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace zegel::station {
namespace {

using testing::HasSubstr;
using testing::Not;

PartedBody parted(std::string_view body) {
    return partSecret(secretOf(bytesOf(body)), "code");
}

std::string secretIn(const PartedBody& body) {
    if (!body.secret) return "(none)";
    return body.secret->disclose(Disclosure::ToCheck, [](ByteView code) { return textOf(code); });
}

TEST(SecretField, isTakenOutOfTheBody) {
    const auto body =
        parted("{ \"id\": \"R-1\",\n \"code\" : \"ABCD EFGH\", \"n\": [1, {\"a\": 2}] }");
    EXPECT_EQ(secretIn(body), "ABCD EFGH");
    EXPECT_EQ(body.shown,
              "{ \"id\": \"R-1\",\n \"code\" : \"*********\", \"n\": [1, {\"a\": 2}] }");
}

TEST(SecretField, isFoundAtTheTopOnly) {
    const auto body =
        parted(R"({"a":{"code":"1"},"b":["code","2"],"c":"\"code\":\"3\"","code":"4","d":"code"})");
    EXPECT_EQ(secretIn(body), "4");
    EXPECT_THAT(body.shown, HasSubstr(R"("code":"*","d")"));
}

TEST(SecretField, isSecretHoweverItsNameIsWritten) {
    const auto body = parted(R"({"id":"R-1","Code":"SECRET"})");
    EXPECT_EQ(body.shown, R"({"id":"R-1","Code":"******"})") << "for its reader to refuse";
}

TEST(SecretField, mayBeMissing) {
    EXPECT_EQ(secretIn(parted(R"({"id":"R-1"})")), "(none)");
    EXPECT_EQ(parted("{}").shown, "{}");
    EXPECT_EQ(secretIn(parted(R"({"code":""})")), "");
}

TEST(SecretField, isRefusedWhereItCouldHide) {
    for (const auto* body :
         {R"({"code":"SECRET","code":"SECRET"})", R"({"CODE":"SECRET","code":"SECRET"})",
          R"({"c\u006fde":"SECRET"})", R"({"code":"SEC\u0052ET"})", R"({"code":SECRET})",
          R"({"code":["SECRET"]})", R"({"code":"SECRET)", R"({"code":"SECRET")",
          R"(["code","SECRET"])", R"("SECRET")", "", R"({"code":"SECRET"} SECRET)",
          R"({"code" "SECRET"})", R"({"a":1 "code":"SECRET"})", R"({"a":},"code":"SECRET"})",
          R"({"a":1,,"code":"SECRET"})", "{\"a\":\"line\nbreak\",\"code\":\"SECRET\"}"}) {
        try {
            parted(body);
            ADD_FAILURE() << body;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.fault(), Fault::OrderUnusable) << body;
            EXPECT_THAT(failure.what(), HasSubstr("the body, line ")) << body;
            EXPECT_THAT(failure.what(), Not(HasSubstr("SECRET"))) << body;
        }
    }
}

}  // namespace
}  // namespace zegel::station
