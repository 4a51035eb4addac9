#include "hwsim/server/http_server.h"

#include "drivers/base/failure.h"

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace zegel::hwsim {
namespace {

TEST(HttpServer, refusesAPortWhereAnotherListens) {
    const HttpServer first{0, 8, {}};
    try {
        const HttpServer second{first.port(), 8, {}};
        FAIL() << "two listen on port " << first.port();
    } catch (const Failure& refused) {
        const std::string said = refused.what();
        EXPECT_EQ(refused.fault(), Fault::SettingUnusable);
        EXPECT_NE(said.find("cannot listen on port " + std::to_string(first.port())), said.npos)
            << said;
        EXPECT_NE(said.find("choose another one"), said.npos) << said;
    }
}

TEST(HttpServer, takesThePortOfOneThatHungUpAndIsGone) {
    std::optional<HttpServer> first{std::in_place, std::uint16_t{0}, 8, HttpServer::Tell{}};
    const auto port = first->port();
    first->open([](HTTPServerRequest& request, HTTPServerResponse&, const std::string&) {
        hangUp(request);
    });
    Poco::Net::StreamSocket client{Poco::Net::SocketAddress{"127.0.0.1", port}};
    const std::string asked = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    client.sendBytes(asked.data(), static_cast<int>(asked.size()));
    char octet = 0;
    EXPECT_EQ(client.receiveBytes(&octet, 1), 0);
    first.reset();  // its side of the connection lingers: the client has not closed
    EXPECT_NO_THROW((HttpServer{port, 8, {}}));
}

/// What a client is told whose line ends after `sent`, of a body of 20 octets.
std::vector<std::string> toldOfABodyCutTo(const std::string& sent) {
    std::vector<std::string> told;
    HttpServer server{0, 8, [&](const std::string& line) { told.push_back(line); }};
    server.open([&](HTTPServerRequest& request, HTTPServerResponse& response, const std::string&) {
        server.tell("whole: " + bodyOf(request));
        answer(response, "taken\n");
    });
    Poco::Net::StreamSocket client{Poco::Net::SocketAddress{"127.0.0.1", server.port()}};
    const auto asked = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n" + sent;
    client.sendBytes(asked.data(), static_cast<int>(asked.size()));
    client.shutdownSend();
    for (char octet = 0; client.receiveBytes(&octet, 1) > 0;) {
    }
    server.close();
    return told;
}

TEST(HttpServer, takesNoBodyForWholeWhoseLineEndedBeforeItWas) {
    EXPECT_EQ(toldOfABodyCutTo("twenty octets it was"),
              std::vector<std::string>{"whole: twenty octets it was"});
    const auto told = toldOfABodyCutTo("twenty octet");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_NE(told[0].find("the line ended after 12 of the body's 20 bytes"), std::string::npos)
        << told[0];
}

}  // namespace
}  // namespace zegel::hwsim
