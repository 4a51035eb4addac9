#include "station/authority/cmp_lines.h"

#include "station/authority/cmp_socket.h"
#include "station/authority/host_lookup.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <array>
#include <optional>

namespace zegel::station {

namespace {

using Clock = std::chrono::steady_clock;
using Poco::Net::HTTPRequest;
using Poco::Net::HTTPResponse;

constexpr std::size_t LongestAnswer = 262144;
constexpr auto LongestIdle = std::chrono::seconds{20};
constexpr std::chrono::milliseconds TurnAtStop{1500};

Poco::Timespan timespan(std::chrono::milliseconds time) {
    return Poco::Timespan{std::chrono::microseconds{time}.count()};
}

Failure unavailable(const std::string& url, const std::string& why) {
    return Failure{Fault::AuthorityUnavailable, "the CA at " + url + " " + why};
}

}  // namespace

/// One open connection; tells whether the other side closed it while nobody looked. It never opens
/// another one by itself: whether a message was sent has to be known.
class CmpLines::Line : public Poco::Net::HTTPClientSession {
public:
    /// `socket` belongs to `counted`.
    Line(CmpSocket& socket, const Poco::Net::StreamSocket& counted)
        : HTTPClientSession{counted}, socket_(socket) {
        setKeepAlive(true);
        setKeepAliveTimeout(timespan(LongestIdle));
    }

    bool isStale() {
        if (Clock::now() - usedAt_ > LongestIdle) return true;
        return !connected() || socket().poll(Poco::Timespan{0, 0}, Poco::Net::Socket::SELECT_READ);
    }

    void expectWithin(std::chrono::milliseconds atMost, bool hurries) {
        socket_.expectWithin(atMost, hurries);
    }
    void used() { usedAt_ = Clock::now(); }

protected:
    void connect(const Poco::Net::SocketAddress&) override {
        throw Poco::Net::ConnectionResetException{"closed by the other side"};
    }

private:
    CmpSocket& socket_;
    Clock::time_point usedAt_ = Clock::now();
};

CmpLines::CmpLines(const std::string& url, std::chrono::milliseconds connectTimeout,
                   std::chrono::milliseconds answerTimeout, std::size_t atOnce,
                   std::chrono::milliseconds turnTimeout)
    : url_(url),
      connectTimeout_(connectTimeout),
      answerTimeout_(answerTimeout),
      turnTimeout_(turnTimeout),
      turns_(atOnce) {
    try {
        const Poco::URI parsed{url};
        host_ = parsed.getHost();
        port_ = parsed.getPort();
        path_ = parsed.getPathEtc();
        if (parsed.getScheme() == "http" && !host_.empty()) {
            while (!path_.empty() && path_.back() == '/') {
                path_.pop_back();
            }
            lookup_ = std::make_unique<HostLookup>(host_, port_);
            return;
        }
    } catch (const Poco::Exception&) {
        // said below
    }
    throw Failure{Fault::SettingUnusable,
                  "the CA's address \"" + url +
                      "\" is not of the form http://host:port/path; CMP messages are signed, "
                      "so plain HTTP is what it needs"};
}

CmpLines::~CmpLines() = default;

std::unique_ptr<Turns::Turn> CmpLines::awaitTurn(AtStop atStop, Turns::Place place) {
    std::optional<Clock::time_point> latest;  // once the station stops
    const auto isGivenUp = [&] {
        if (!windingUp_ || atStop == AtStop::SeenThrough) return false;
        if (!latest) latest = Clock::now() + TurnAtStop;
        return (hung_ && atStop == AtStop::NotAsked) || Clock::now() >= *latest;
    };
    if (auto turn = turns_.take(turnTimeout_, place, isGivenUp)) return turn;
    if (latest) throw givenUp();
    throw MessageNotSent{Fault::AuthorityUnavailable,
                         "the CA at " + url_ +
                             " answers too slowly: all lines to it are taken, and none became free "
                             "in time; see whether it is overloaded, and when it can take more at "
                             "once, raise [authority] lines in the settings"};
}

MessageNotSent CmpLines::givenUp() const {
    return {Fault::AuthorityUnavailable, "the CA at " + url_ + " was given up: the station stops"};
}

std::unique_ptr<CmpLines::Line> CmpLines::take() {
    const std::lock_guard lock{mutex_};
    while (!idle_.empty()) {
        auto line = std::move(idle_.back());
        idle_.pop_back();
        if (!line->isStale()) return line;
    }
    return nullptr;
}

std::unique_ptr<CmpLines::Line> CmpLines::opened(AtStop atStop) {
    try {
        const auto address = lookup_->within(connectTimeout_);
        auto* const socket = new CmpSocket{windingUp_};
        const Poco::Net::StreamSocket counted{socket};
        socket->open(address, connectTimeout_, atStop != AtStop::SeenThrough);
        socket->setSendTimeout(timespan(connectTimeout_));
        return std::make_unique<Line>(*socket, counted);
    } catch (const Poco::TimeoutException& late) {
        if (windingUp_) hung_ = true;
        throw MessageNotSent{
            Fault::AuthorityUnavailable,
            "the CA at " + url_ + " cannot be reached (" +
                (late.message().empty() ? "nobody took the call in time" : late.message()) +
                "); check that it runs, and the address and the network"};
    } catch (const Poco::Exception& failed) {
        throw MessageNotSent{Fault::AuthorityUnavailable,
                             "the CA at " + url_ + " cannot be reached (" + failed.displayText() +
                                 "); check that it runs, and the address and the network"};
    }
}

void CmpLines::giveBack(std::unique_ptr<Line> line) {
    line->used();
    const std::lock_guard lock{mutex_};
    idle_.push_back(std::move(line));
}

Bytes CmpLines::exchange(const std::string& below, ByteView message, AtStop atStop,
                         Turns::Place place) {
    const auto turn = awaitTurn(atStop, place);
    if (hung_ && atStop == AtStop::NotAsked) throw givenUp();
    auto line = take();
    if (!line) line = opened(atStop);
    try {
        auto answer = exchangeOn(*line, below, message, atStop);
        if (line->connected()) giveBack(std::move(line));
        return answer;
    } catch (const Poco::TimeoutException&) {
        if (windingUp_) hung_ = true;
        throw unavailable(url_, "did not answer in time; see whether it is overloaded");
    } catch (const Poco::Net::NoMessageException&) {
        throw unavailable(url_, "closed the connection without an answer");
    } catch (const Poco::Exception& failed) {
        throw unavailable(url_, "broke the connection (" + failed.displayText() +
                                    "); look at the CA's own log and at the network");
    }
}

Bytes CmpLines::exchangeOn(Line& line, const std::string& below, ByteView message, AtStop atStop) {
    HTTPRequest request{HTTPRequest::HTTP_POST, path_ + below, HTTPRequest::HTTP_1_1};
    request.setHost(host_, port_);
    request.setKeepAlive(true);
    request.setContentType("application/pkixcmp");
    request.setContentLength(static_cast<std::streamsize>(message.size()));
    const auto body = textOf(message);
    line.expectWithin(answerTimeout_, atStop != AtStop::SeenThrough);
    line.sendRequest(request) << body << std::flush;
    return answerOf(line);
}

Bytes CmpLines::answerOf(Line& line) {
    HTTPResponse response;
    auto& in = line.receiveResponse(response);
    Bytes answer;
    std::array<char, 8192> part{};
    while (in.peek() != std::char_traits<char>::eof()) {
        const auto count = in.readsome(part.data(), part.size());
        answer.insert(answer.end(), part.begin(), part.begin() + count);
        if (answer.size() > LongestAnswer) throw unavailable(url_, "answers without end");
    }
    if (const auto* const broken = line.networkException()) broken->rethrow();
    if (!response.getKeepAlive()) line.reset();
    if (response.getStatus() == HTTPResponse::HTTP_OK) return answer;
    throw unavailable(url_, "answered HTTP " + std::to_string(response.getStatus()) + " " +
                                response.getReason() +
                                (response.getStatus() == HTTPResponse::HTTP_NOT_FOUND
                                     ? "; check the path in its address"
                                     : "; look at the CA's own log"));
}

}  // namespace zegel::station
