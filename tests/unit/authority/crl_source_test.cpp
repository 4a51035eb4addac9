#include "station/authority/crl_source.h"

#include "drivers/base/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace zegel::station {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

/// Takes one call, says what it is given, and hangs up; or says nothing until it is gone.
class CannedServer {
public:
    explicit CannedServer(std::string answer = "") : answer_(std::move(answer)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address);
        listen(listening_, 1);
        socklen_t size = sizeof address;
        getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/ca/issuing.crl";
        if (!answer_.empty()) {
            talking_ = std::thread{[this] { talk(); }};
        }
    }
    ~CannedServer() {
        shutdown(listening_, SHUT_RDWR);
        if (talking_.joinable()) talking_.join();
        close(listening_);
    }
    CannedServer(const CannedServer&) = delete;
    CannedServer& operator=(const CannedServer&) = delete;

    const std::string& url() const { return url_; }
    const std::string& asked() {
        if (talking_.joinable()) talking_.join();
        return asked_;
    }

private:
    void talk() {
        const int call = accept(listening_, nullptr, nullptr);
        char octet = 0;
        while (asked_.find("\r\n\r\n") == std::string::npos && read(call, &octet, 1) == 1)
            asked_ += octet;
        [[maybe_unused]] const auto said = write(call, answer_.data(), answer_.size());
        close(call);
    }

    int listening_ = socket(AF_INET, SOCK_STREAM, 0);
    std::string answer_;
    std::string url_;
    std::string asked_;
    std::thread talking_;
};

std::string fetched(CrlSource& source) {
    try {
        return textOf(source.fetch());
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.fault(), Fault::AuthorityUnavailable);
        return failure.what();
    }
}

std::string fetchedFrom(const std::string& place, milliseconds atMost = milliseconds{20000}) {
    CrlSource source{place, atMost};
    return fetched(source);
}

TEST(CrlSource, fetchesWhatAServerHas) {
    CannedServer server{"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nthe list"};
    EXPECT_EQ(fetchedFrom(server.url()), "the list");
    EXPECT_THAT(server.asked(), HasSubstr("GET /ca/issuing.crl HTTP/1.1\r\n"));
    EXPECT_THAT(server.asked(), HasSubstr("Host: 127.0.0.1"));
}

TEST(CrlSource, tellsWhatAServerSaysInstead) {
    const CannedServer missing{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"};
    EXPECT_EQ(fetchedFrom(missing.url()), "is answered with HTTP 404");
    const CannedServer moved{"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\n\r\n"};
    EXPECT_EQ(fetchedFrom(moved.url()), "is answered with HTTP 302");
    const CannedServer other{"SSH-2.0-OpenSSH_9.2\r\n"};
    EXPECT_THAT(fetchedFrom(other.url()), HasSubstr("cannot be fetched"));
}

TEST(CrlSource, waitsNoLongerThanItMay) {
    const CannedServer silent;
    EXPECT_EQ(fetchedFrom(silent.url(), milliseconds{150}), "did not come in time");
    std::string gone;
    {
        const CannedServer once;
        gone = once.url();
    }
    EXPECT_THAT(fetchedFrom(gone), HasSubstr("cannot be fetched"));
}

TEST(CrlSource, givesUpSoonWhenTheStationStops) {
    const CannedServer silent;
    CrlSource source{silent.url(), std::chrono::hours{1}};
    source.windUp();
    EXPECT_EQ(fetched(source), "did not come in time");
}

TEST(CrlSource, readsAFileAfreshEachTime) {
    auto pattern = (std::filesystem::temp_directory_path() / "zegel-crl-XXXXXX").string();
    const std::filesystem::path folder{::mkdtemp(pattern.data())};
    CrlSource source{(folder / "ca.crl").string(), milliseconds{1000}};
    EXPECT_THAT(fetched(source), HasSubstr("cannot be read (No such file"));
    std::ofstream{folder / "ca.crl"} << "one";
    EXPECT_EQ(fetched(source), "one");
    std::ofstream{folder / "ca.crl"} << "another";
    EXPECT_EQ(fetched(source), "another");
    std::filesystem::remove_all(folder);
}

TEST(CrlSource, isPlainHttpOrAFile) {
    for (const auto* place : {"https://ca/crl", "ldap://ca/crl", "http:///crl", "http://"}) {
        EXPECT_THROW((CrlSource{place, milliseconds{1}}), Failure) << place;
    }
}

}  // namespace
}  // namespace zegel::station
