#include "station/report/http_order_system.h"

#include "station/report/tls_client.h"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/Net/NetException.h>
#include <Poco/URI.h>

#include <array>
#include <mutex>
#include <sys/socket.h>

namespace zegel::station {
namespace {

using Poco::Net::Context;
using Poco::Net::HTTPClientSession;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPSClientSession;

constexpr std::size_t LongestAnswer = std::size_t{64} * 1024;
constexpr int MostHeaders = 100;

std::unique_ptr<HTTPClientSession> sessionTo(const Poco::URI& uri, const Context::Ptr& context) {
    if (!context) return std::make_unique<HTTPClientSession>(uri.getHost(), uri.getPort());
    return std::make_unique<HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
}

/// "later", whatever is sent. Source: RFC 9110, 15.6; RFC 6585, 4.
bool isLater(HTTPResponse::HTTPStatus status) {
    return status == HTTPResponse::HTTP_TOO_MANY_REQUESTS ||
           status == HTTPResponse::HTTP_BAD_GATEWAY ||
           status == HTTPResponse::HTTP_SERVICE_UNAVAILABLE ||
           status == HTTPResponse::HTTP_GATEWAY_TIMEOUT;
}

EventAnswer answerOf(HTTPResponse::HTTPStatus status) {
    if (status >= 200 && status < 300) return {EventAnswer::Kind::Taken, ""};
    auto said = "answered " + std::to_string(status);
    if (const auto& reason = HTTPResponse::getReasonForStatus(status); reason != "???") {
        said += " " + reason;
    }
    return {isLater(status) ? EventAnswer::Kind::Away : EventAnswer::Kind::NotTaken, said};
}

/// Reads what nobody wants, so that the connection can be used again; false when it is too much.
bool readAway(std::istream& body) {
    std::array<char, 4096> part{};
    std::size_t length = 0;
    while (body && length <= LongestAnswer) {
        body.read(part.data(), part.size());
        length += static_cast<std::size_t>(body.gcount());
    }
    return length <= LongestAnswer;
}

}  // namespace

struct HttpOrderSystem::Line {
    EventAnswer exchange(std::string_view body, std::string_view signature,
                         const std::stop_token& stop);
    void hangUp();
    void interrupt();

    Poco::URI uri;
    Context::Ptr context;
    Poco::Timespan patience;
    std::unique_ptr<HTTPClientSession> session;
    bool wasUsed = false;  ///< the connection carried an answer before
    std::mutex mutex;      ///< over `descriptor`
    int descriptor = -1;
};

HttpOrderSystem::HttpOrderSystem(const HttpOrderSystemSettings& settings)
    : line_(std::make_unique<Line>()) {
    line_->uri = Poco::URI{settings.url};
    line_->patience = Poco::Timespan{static_cast<long>(settings.answerWithin.count()), 0};
    if (line_->uri.getScheme() == "https") {
        line_->context = tlsClientContext(line_->uri.getHost(), settings.certificates,
                                          "settings, orders.events_url");
    }
}

HttpOrderSystem::~HttpOrderSystem() = default;

void HttpOrderSystem::Line::hangUp() {
    const std::lock_guard lock{mutex};
    descriptor = -1;
    session.reset();
    wasUsed = false;
}

/// From another thread: whoever waits on the connection waits no more.
void HttpOrderSystem::Line::interrupt() {
    const std::lock_guard lock{mutex};
    if (descriptor >= 0) ::shutdown(descriptor, SHUT_RDWR);
}

EventAnswer HttpOrderSystem::Line::exchange(std::string_view body, std::string_view signature,
                                            const std::stop_token& stop) {
    if (!session) {
        session = sessionTo(uri, context);
        session->setTimeout(patience, patience, patience);
        session->setKeepAlive(true);
    }
    Poco::Net::HTTPRequest request{"POST",
                                   uri.getPathAndQuery().empty() ? "/" : uri.getPathAndQuery(),
                                   Poco::Net::HTTPMessage::HTTP_1_1};
    request.setContentType("application/cloudevents+json; charset=UTF-8");
    request.setContentLength(static_cast<std::streamsize>(body.size()));
    request.set("Zegel-Signature", std::string{signature});
    auto& out = session->sendRequest(request);
    session->socket().setNoDelay(true);  // head and body go out in two writes
    {
        const std::lock_guard lock{mutex};
        descriptor = session->socket().impl()->sockfd();
    }
    if (stop.stop_requested()) throw Poco::IOException{"the station stops"};
    out.write(body.data(), static_cast<std::streamsize>(body.size())).flush();
    HTTPResponse response;
    response.setFieldLimit(MostHeaders);
    auto& rest = session->receiveResponse(response);
    wasUsed = true;
    if (!readAway(rest) || !response.getKeepAlive()) hangUp();
    return answerOf(response.getStatus());
}

EventAnswer HttpOrderSystem::take(std::string_view body, std::string_view signature,
                                  const std::stop_token& stop) {
    const std::stop_callback interrupting{stop, [this] { line_->interrupt(); }};
    for (;;) {
        const bool mayBeStale = line_->wasUsed;  // closed by the other side while it was idle
        try {
            return line_->exchange(body, signature, stop);
        } catch (const Poco::TimeoutException&) {
            line_->hangUp();
            return {EventAnswer::Kind::Away,
                    "no answer within " + std::to_string(line_->patience.totalSeconds()) + " s"};
        } catch (const Poco::Exception& broken) {
            line_->hangUp();
            if (mayBeStale && !stop.stop_requested()) continue;
            return {EventAnswer::Kind::Away, broken.displayText()};
        }
    }
}

}  // namespace zegel::station
