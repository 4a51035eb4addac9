#include "station/api/rights.h"

#include "station/api/four_eyes.h"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace zegel::station {
namespace {

/// "GET /v1/batches listBatches: auditor, operator", sorted.
std::set<std::string> ofTheTable() {
    std::set<std::string> lines;
    for (const auto& right : rights()) {
        std::set<std::string> names;
        for (const auto role : AllRoles) {
            if (right.roles.holds(role)) names.insert(std::string{nameOf(role)});
        }
        if (right.anyCertificate) names.insert("any-certificate");
        std::string line = std::string{right.method} + " " + std::string{right.path} + " " +
                           std::string{right.operation} + ":";
        for (const auto& name : names)
            line += " " + name;
        lines.insert(line + (right.body == Body::None ? "" : " with a body"));
    }
    return lines;
}

std::set<std::string> ofTheDocument() {
    using Poco::JSON::Object;
    std::ifstream in(ZEGEL_SOURCE_DIR "/station/api/openapi.json");
    const auto document = Poco::JSON::Parser{}.parse(in).extract<Object::Ptr>();
    std::set<std::string> lines;
    for (const auto& [path, methods] : *document->getObject("paths")) {
        for (const auto& [method, value] : *methods.extract<Object::Ptr>()) {
            const auto operation = value.extract<Object::Ptr>();
            std::set<std::string> names;
            if (operation->isArray("x-roles")) {
                for (const auto& name : *operation->getArray("x-roles"))
                    names.insert(name.convert<std::string>());
            } else {
                names.insert(operation->getValue<std::string>("x-roles"));
            }
            std::string line = Poco::toUpper(method) + " " + path + " " +
                               operation->getValue<std::string>("operationId") + ":";
            for (const auto& name : names)
                line += " " + name;
            lines.insert(line + (operation->has("requestBody") ? " with a body" : ""));
        }
    }
    return lines;
}

TEST(Rights, areWhatTheDocumentTellsClients) {
    EXPECT_EQ(ofTheTable(), ofTheDocument());
}

/// "revokeCard is revoke-card: supervisor", sorted.
std::set<std::string> fourEyesOfTheTable() {
    std::set<std::string> lines;
    for (const auto& act : fourEyes()) {
        std::string line = std::string{act.operation} + " is " + std::string{act.act} + ":";
        std::set<std::string> names;
        for (const auto role : AllRoles) {
            if (act.second.holds(role)) names.insert(std::string{nameOf(role)});
        }
        for (const auto& name : names)
            line += " " + name;
        lines.insert(line);
    }
    return lines;
}

std::set<std::string> fourEyesOfTheDocument() {
    using Poco::JSON::Object;
    std::ifstream in(ZEGEL_SOURCE_DIR "/station/api/openapi.json");
    const auto document = Poco::JSON::Parser{}.parse(in).extract<Object::Ptr>();
    std::set<std::string> lines;
    for (const auto& [path, methods] : *document->getObject("paths")) {
        for (const auto& [method, value] : *methods.extract<Object::Ptr>()) {
            const auto operation = value.extract<Object::Ptr>();
            if (!operation->has("x-act")) continue;
            std::string line = operation->getValue<std::string>("operationId") + " is " +
                               operation->getValue<std::string>("x-act") + ":";
            std::set<std::string> names;
            for (const auto& name : *operation->getArray("x-second-roles"))
                names.insert(name.convert<std::string>());
            for (const auto& name : names)
                line += " " + name;
            lines.insert(line);
        }
    }
    return lines;
}

TEST(FourEyes, areWhatTheDocumentTellsClients) {
    EXPECT_EQ(fourEyesOfTheTable(), fourEyesOfTheDocument());
}

TEST(FourEyes, areOpenToWhoMayGrantSomethingAndToNobodyElse) {
    for (const auto& right : rights()) {
        if (right.operation != "grantApproval") continue;
        for (const auto role : AllRoles) {
            const bool mayGrant = std::ranges::any_of(
                fourEyes(), [&](const FourEyes& act) { return act.second.holds(role); });
            EXPECT_EQ(right.roles.holds(role), mayGrant) << nameOf(role);
        }
    }
}

TEST(FourEyes, letNeitherAnAuditorNorTheOrderSystemDecide) {
    for (const auto& act : fourEyes()) {
        EXPECT_FALSE(act.second.holds(Role::Auditor)) << act.act;
        EXPECT_FALSE(act.second.holds(Role::OrderSystem)) << act.act;
        EXPECT_FALSE(act.second.holds(Role::PrintRoom)) << act.act;
        EXPECT_FALSE(mayAsk(act.act, {Role::Auditor, Role::OrderSystem})) << act.act;
    }
}

TEST(Rights, giveEveryEndpointToSomebody) {
    for (const auto& right : rights())
        EXPECT_TRUE(right.anyCertificate || !right.roles.empty()) << right.path;
}

TEST(Rights, letThePrintRoomSeeLettersAndWhatItAsksForAndNothingElse) {
    for (const auto& right : rights()) {
        const bool its =
            right.path.starts_with("/v1/letters") || right.path.starts_with("/v1/approvals");
        EXPECT_TRUE(its || !right.roles.holds(Role::PrintRoom)) << right.path;
    }
}

TEST(Rights, letOnlyThePrintRoomTakeLetters) {
    for (const auto& right : rights()) {
        if (right.operation != "takeLetter") continue;
        EXPECT_EQ(right.roles, RoleSet{Role::PrintRoom});
    }
}

TEST(Rights, letNoAuditorChangeAnything) {
    for (const auto& right : rights()) {
        if (right.method == "GET") continue;
        EXPECT_FALSE(right.roles.holds(Role::Auditor)) << right.path;
    }
}

TEST(Endpoint, isFoundWithWhatThePathSays) {
    const auto found = endpointFor("POST", "/v1/readers/left%20table%2F1/bind");
    ASSERT_TRUE(found && found->right != nullptr);
    EXPECT_EQ(found->right->operation, "bindReader");
    EXPECT_EQ(found->parameters, std::vector<std::string>{"left table/1"});
}

TEST(Endpoint, tellsTheMethodsOfAPathThatHasOthers) {
    const auto found = endpointFor("DELETE", "/v1/batches");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->right, nullptr);
    EXPECT_EQ(found->allowed, "POST, GET");
}

TEST(Endpoint, isNoneForAPathThatIsNotQuiteOne) {
    for (const auto* path :
         {"", "/", "v1/batches", "/v1/batches/", "/v1//x", "/v1/batches/%", "/v1/batches/%0",
          "/v1/batches/%0A", "/v1/batches/a/b", "/v1/batches?x"}) {
        EXPECT_FALSE(endpointFor("GET", path)) << path;
    }
}

}  // namespace
}  // namespace zegel::station
