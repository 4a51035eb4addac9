#include "station/api/connection.h"

#include "drivers/base/entropy.h"
#include "drivers/base/hex.h"
#include "station/api/body_rules.h"
#include "station/api/request_in_hand.h"
#include "station/api/service.h"
#include "station/api/spool_file.h"
#include "station/api/tls_context.h"

#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureStreamSocket.h>

#include <algorithm>
#include <array>
#include <system_error>

namespace zegel::station {
namespace {

using Poco::Net::HTTPServerSession;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t ReadAtOnce = std::size_t{64} << 10U;
constexpr std::chrono::seconds LastWords{2};  // for a client that still sends what is not wanted

/// One of few places; free again at its end.
class Place {
public:
    Place(std::atomic<int>& taken, int most, bool wanted = true)
        : taken_(taken), wanted_(wanted), mine_(!wanted || ++taken <= most) {}
    ~Place() {
        if (wanted_) --taken_;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    bool mine() const noexcept { return mine_; }

private:
    std::atomic<int>& taken_;
    bool wanted_;
    bool mine_;
};

Answer comeBack(int status, std::chrono::milliseconds after, const std::string& why,
                const std::string& request) {
    auto answer = problem(status, why, request);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(after).count();
    answer.headers.emplace_back("Retry-After", std::to_string(std::max<long>(1, seconds)));
    return answer;
}

}  // namespace

Connection::Connection(const Poco::Net::StreamSocket& socket, Counter& counter)
    : TCPServerConnection(socket), counter_(counter) {}

void Connection::run() {
    try {
        address_ = socket().peerAddress().host().toString();
        Watchdog::Watch watch{counter_.watchdog, socket().impl()->sockfd()};
        if (!greet(watch)) return;
        HTTPServerSession session{socket(), counter_.parameters};
        watch.within(counter_.limits.restBetween, true);
        while (!counter_.watchdog.stopping() && session.hasMoreRequests()) {
            serveOne(session, watch);
            watch.within(counter_.limits.restBetween, true);
        }
    } catch (const Poco::Exception&) {
        return;  // the client is gone; what it asked for is in the log
    }
}

bool Connection::greet(Watchdog::Watch& watch) {
    watch.within(counter_.limits.greetWithin);
    const auto time = counter_.parameters->getTimeout();
    socket().setReceiveTimeout(time);
    socket().setSendTimeout(time);
    socket().setNoDelay(true);
    Poco::Net::SecureStreamSocket secure{socket()};
    forgetVerdictHere();
    try {
        secure.completeHandshake();
        certificate_ = secure.peerCertificate();
        client_ = counter_.gate.clientOf(const_cast<X509*>(certificate_->certificate()));
        return true;
    } catch (const Poco::Exception& refused) {
        const auto verdict = lastVerdictHere();
        noteUngreeted(watch.wasCut()    ? "too slow"
                      : verdict.empty() ? refused.displayText()
                                        : verdict);
    } catch (const Failure& defect) {
        noteUngreeted(defect.what());
    }
    return false;
}

void Connection::serveOne(HTTPServerSession& session, Watchdog::Watch& watch) {
    const auto since = SteadyClock::now();
    watch.within(counter_.limits.answerWithin);
    Request request;
    request.id = toHex(randomBytes(8));
    const RequestInHand inHand{request.id};
    request.client = client_;
    request.spool = counter_.spool / (request.id + ".answer");
    HttpResponse response{session};
    std::optional<HttpRequest> http;
    session.setKeepAlive(false);
    try {
        http.emplace(response, session, counter_.parameters.get());
    } catch (const Poco::Net::NoMessageException&) {
        return;
    } catch (const Poco::Exception&) {
        const auto answer = watch.wasCut()
                                ? problem(408, "the request took too long", request.id)
                                : problem(400, "this is no HTTP/1.1 request", request.id);
        HttpResponse unattached{session};
        unattached.setKeepAlive(false);
        note(request, answer, since);
        return send(answer, unattached, request, watch);
    }
    owesBody_ = http->has("Transfer-Encoding") || lengthSaid(*http).value_or(0) != 0;
    auto answer = answerTo(*http, response, request, watch);
    const bool follows = static_cast<bool>(answer.stream);
    const Place place{counter_.streams, counter_.limits.streams, follows};
    if (!place.mine()) {
        answer = comeBack(503, std::chrono::seconds{30}, "too many clients follow the events",
                          request.id);
    }
    const bool goesOn = http->getKeepAlive() && !owesBody_ && !counter_.watchdog.stopping();
    response.setKeepAlive(goesOn);
    session.setKeepAlive(goesOn);
    note(request, answer, since);
    send(answer, response, request, watch);
    if (!owesBody_) return;
    watch.within(LastWords);  // a client that is cut while it sends would not read the answer
    std::array<char, 4096> unwanted{};
    while (http->stream().read(unwanted.data(), unwanted.size()))
        continue;
}

std::optional<Answer> Connection::objectionToClient(const HttpRequest& http,
                                                    const Request& request) {
    const int verdict = counter_.gate.verdictOn(const_cast<X509*>(certificate_->certificate()));
    if (verdict != X509_V_OK) {
        return problem(403,
                       std::string{"the certificate lets nobody in any more: "} +
                           X509_verify_cert_error_string(verdict),
                       request.id);
    }
    if (const auto wait = counter_.rate.take(client_.fingerprint, SteadyClock::now())) {
        return comeBack(429, *wait, "too many requests; wait as long as Retry-After says",
                        request.id);
    }
    const auto site = http.get("Sec-Fetch-Site", "none");
    if (site == "none" || site == "same-origin") return std::nullopt;
    return problem(403, "another site's page asks for this in its reader's name", request.id);
}

Answer Connection::answerTo(HttpRequest& http, HttpResponse& response, Request& request,
                            Watchdog::Watch& watch) {
    const auto& target = http.getURI();
    const auto middle = std::min(target.find('?'), target.size());
    request.method = http.getMethod();
    request.path = target.substr(0, middle);
    if (middle < target.size()) request.query = target.substr(middle + 1);
    request.accept = http.get("Accept", "");
    request.lastEventId = http.get("Last-Event-ID", "");
    if (auto objection = objectionToClient(http, request)) return *objection;
    const auto endpoint = endpointFor(request.method, request.path);
    if (!endpoint) return problem(404, "nothing has this path; see /v1/openapi.json", request.id);
    if (endpoint->right == nullptr) {
        auto answer = problem(405, "this path knows " + endpoint->allowed, request.id);
        answer.headers.emplace_back("Allow", endpoint->allowed);
        return answer;
    }
    const auto& right = *endpoint->right;
    if (!right.allows(client_.roles)) {
        return problem(403,
                       client_.roles.empty() ? "this certificate has no role here"
                                             : "no role of this certificate may do this: it is " +
                                                   inWords(client_.roles) + ", and this is for " +
                                                   inWords(right.roles),
                       request.id);
    }
    request.parameters = endpoint->parameters;
    if (auto objection = objectionToBody(http, right, counter_.limits, request.id))
        return *objection;
    return carryOut(right, http, response, request, watch);
}

Answer Connection::carryOut(const Right& right, HttpRequest& http, HttpResponse& response,
                            Request& request, Watchdog::Watch& watch) {
    if (right.body == Body::None) return serve(counter_.place, right, request);
    const auto length = static_cast<std::size_t>(lengthSaid(http).value_or(0));
    const auto invite = [&] {
        if (http.getExpectContinue()) response.sendContinue();
    };
    if (right.body == Body::Small) {
        invite();
        const auto keep = [&](std::string_view octets) { request.body += octets; };
        if (auto cut = readBody(http.stream(), length, request, keep)) return *cut;
        owesBody_ = false;
        return serve(counter_.place, right, request);
    }
    if (right.body == Body::Secret) {
        invite();
        request.secretBody = SecretBytes{length};
        std::size_t got = 0;
        const auto keep = [&](std::string_view octets) {
            request.secretBody.fill([&](std::span<std::uint8_t> whole) {
                std::ranges::copy(octets, whole.begin() + static_cast<std::ptrdiff_t>(got));
            });
            got += octets.size();
        };
        if (auto cut = readBody(http.stream(), length, request, keep)) return *cut;
        owesBody_ = false;
        return serve(counter_.place, right, request);
    }
    const Place place{counter_.batches, counter_.limits.batches};
    if (!place.mine()) {
        return comeBack(503, std::chrono::seconds{5}, "other batches are coming in; send it again",
                        request.id);
    }
    watch.within(counter_.limits.batchWithin);
    try {
        SpoolFile spooled{counter_.spool / (request.id + ".json")};
        invite();
        const auto keep = [&](std::string_view octets) { spooled.append(octets); };
        if (auto cut = readBody(http.stream(), length, request, keep)) return *cut;
        owesBody_ = false;
        spooled.close();
        request.spooled = spooled.path();
        watch.within(counter_.limits.batchWithin);
        return serve(counter_.place, right, request);
    } catch (const std::system_error& full) {
        auto answer = noRoomFor("batch", full.what(), request.id);
        counter_.place.tell("request " + request.id + " failed: " + answer.why);
        return answer;
    }
}

std::optional<Answer> Connection::readBody(
    std::istream& in, std::size_t length, const Request& request,
    const std::function<void(std::string_view)>& take) const {
    std::vector<char> octets(std::min(length, ReadAtOnce));
    std::size_t left = length;
    while (left > 0) {
        in.read(octets.data(), static_cast<std::streamsize>(std::min(left, octets.size())));
        const auto got = static_cast<std::size_t>(in.gcount());
        if (got == 0) break;  // also a time-out: the stream tells of neither
        take({octets.data(), got});
        left -= got;
    }
    OPENSSL_cleanse(octets.data(), octets.size());
    if (left == 0) return std::nullopt;
    return problem(408,
                   "of " + std::to_string(length) + " octets " + std::to_string(left) +
                       " did not come; nothing was taken, send it again",
                   request.id);
}

}  // namespace zegel::station
