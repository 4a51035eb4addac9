#include "station/authority/crl_source.h"

#include "drivers/base/durable_file.h"
#include "drivers/base/failure.h"
#include "station/authority/cmp_socket.h"
#include "station/authority/host_lookup.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <array>
#include <system_error>

namespace zegel::station {
namespace {

using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

constexpr std::size_t LongestList = std::size_t{64} << 20U;

[[noreturn]] void cannot(const std::string& why) {
    throw Failure{Fault::AuthorityUnavailable, why};
}

Bytes bodyOf(std::istream& in) {
    Bytes body;
    std::array<char, 16384> part{};
    while (in.read(part.data(), part.size()) || in.gcount() > 0) {
        body.insert(body.end(), part.begin(), part.begin() + in.gcount());
        if (body.size() > LongestList) cannot("is longer than any list of this CA can be");
    }
    return body;
}

}  // namespace

CrlSource::CrlSource(std::string place, std::chrono::milliseconds atMost)
    : place_(std::move(place)), atMost_(atMost) {
    if (place_.find("://") == std::string::npos) return;
    try {
        const Poco::URI parsed{place_};
        if (parsed.getScheme() == "http" && !parsed.getHost().empty()) {
            lookup_ = std::make_unique<HostLookup>(parsed.getHost(), parsed.getPort());
            return;
        }
    } catch (const Poco::Exception&) {
        // said below
    }
    throw Failure{Fault::SettingUnusable,
                  "the CRL's address \"" + place_ +
                      "\" is not of the form http://host/path; a CRL is signed, so plain HTTP is "
                      "what it needs"};
}

CrlSource::~CrlSource() = default;

Bytes CrlSource::fetch() {
    return lookup_ ? fromServer() : fromFile();
}

Bytes CrlSource::fromFile() const {
    std::error_code missing;
    const auto size = std::filesystem::file_size(place_, missing);
    if (missing) cannot("cannot be read (" + missing.message() + ")");
    if (size > LongestList) cannot("is longer than any list of this CA can be");
    try {
        return readFile(place_);
    } catch (const Failure& failure) {
        cannot(std::string{"cannot be read ("} + failure.what() + ")");
    }
}

Bytes CrlSource::fromServer() {
    const Poco::URI address{place_};
    try {
        const auto where = lookup_->within(atMost_);
        auto* const socket = new CmpSocket{windingUp_};
        const Poco::Net::StreamSocket counted{socket};
        socket->open(where, atMost_, true);
        Poco::Net::HTTPClientSession session{counted};
        auto path = address.getPathEtc();
        HTTPRequest request{HTTPRequest::HTTP_GET, path.empty() ? "/" : path,
                            HTTPRequest::HTTP_1_1};
        request.setHost(address.getHost(), address.getPort());
        request.setKeepAlive(false);
        socket->expectWithin(atMost_, true);
        session.sendRequest(request);
        HTTPResponse response;
        auto& in = session.receiveResponse(response);
        auto body = bodyOf(in);
        if (const auto* const broken = session.networkException()) broken->rethrow();
        if (response.getStatus() == HTTPResponse::HTTP_OK) return body;
        cannot("is answered with HTTP " + std::to_string(response.getStatus()));
    } catch (const Poco::TimeoutException&) {
        cannot("did not come in time");
    } catch (const Poco::Exception& failed) {
        cannot("cannot be fetched (" + failed.displayText() + ")");
    }
}

}  // namespace zegel::station
