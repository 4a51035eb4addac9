#pragma once

#include "station/api/access_log.h"
#include "station/api/client_gate.h"
#include "station/api/limits.h"
#include "station/api/rate_limit.h"
#include "station/api/request.h"
#include "station/api/watchdog.h"
#include "station/api/workplace.h"

#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/HTTPServerSession.h>
#include <Poco/Net/TCPServerConnection.h>
#include <Poco/Net/X509Certificate.h>

#include <atomic>

namespace zegel::station {

/// What all connections share.
struct Counter {
    const Workplace& place;
    const ApiLimits& limits;
    std::filesystem::path spool;
    ClientGate& gate;
    RateLimit& rate;
    AccessLog& log;
    Watchdog& watchdog;
    Poco::Net::HTTPServerParams::Ptr parameters;
    std::atomic<int> streams{0};
    std::atomic<int> batches{0};
};

/// One client's connection: greeted, judged by its certificate, then request by request. In place
/// of Poco's own, which has no deadline for a whole request and no limit on a body.
class Connection final : public Poco::Net::TCPServerConnection {
public:
    Connection(const Poco::Net::StreamSocket& socket, Counter& counter);

    void run() override;

private:
    using HttpRequest = Poco::Net::HTTPServerRequestImpl;
    using HttpResponse = Poco::Net::HTTPServerResponseImpl;

    bool greet(Watchdog::Watch& watch);
    void serveOne(Poco::Net::HTTPServerSession& session, Watchdog::Watch& watch);
    Answer answerTo(HttpRequest& http, HttpResponse& response, Request& request,
                    Watchdog::Watch& watch);
    /// Whether the client may go on at all: its certificate, its rate, where it comes from.
    std::optional<Answer> objectionToClient(const HttpRequest& http, const Request& request);
    Answer carryOut(const Right& right, HttpRequest& http, HttpResponse& response, Request& request,
                    Watchdog::Watch& watch);
    /// What could not be read is answered at once.
    std::optional<Answer> readBody(std::istream& in, std::size_t length, const Request& request,
                                   const std::function<void(std::string_view)>& take) const;
    void send(const Answer& answer, HttpResponse& response, const Request& request,
              Watchdog::Watch& watch);
    void note(const Request& request, const Answer& answer,
              std::chrono::steady_clock::time_point since);
    void noteUngreeted(const std::string& why);

    Counter& counter_;
    std::string address_;
    std::optional<Poco::Net::X509Certificate> certificate_;
    Client client_;
    bool owesBody_ = false;  ///< of the present request, octets are still to come
};

}  // namespace zegel::station
