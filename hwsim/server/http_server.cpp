#include "hwsim/server/http_server.h"

#include "drivers/base/failure.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <array>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace zegel::hwsim {
namespace {

constexpr std::size_t LongestBody = 65536;

/// A port where others listen is refused; one where the connections of a server that was killed
/// still linger is taken.
Poco::Net::ServerSocket listenOn(std::uint16_t port) {
    try {
        Poco::Net::ServerSocket socket;
        constexpr bool ReusesAddress = true;
        constexpr bool SharesPort = false;
        socket.bind(Poco::Net::SocketAddress{"127.0.0.1", port}, ReusesAddress, SharesPort);
        socket.listen();
        return socket;
    } catch (const Poco::Exception& refused) {
        throw Failure{Fault::SettingUnusable, "cannot listen on port " + std::to_string(port) +
                                                  ": " + refused.displayText() +
                                                  "; choose another one"};
    }
}

}  // namespace

struct HttpServer::Inside {
    Inside(std::uint16_t port, int mostLines, Tell theTell)
        : socket(listenOn(port)),
          threads(4, mostLines),
          most(mostLines),
          tell(std::move(theTell)) {}

    Poco::Net::ServerSocket socket;
    Poco::ThreadPool threads;
    int most;
    Tell tell;
    std::mutex telling;
    Desk desk;
    std::unique_ptr<Poco::Net::HTTPServer> server;
};

namespace {

class Handler : public Poco::Net::HTTPRequestHandler {
public:
    Handler(HttpServer& server, const HttpServer::Desk& desk) : server_(server), desk_(desk) {}

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override try {
        // Header and body go out in two writes: without this each answer waits for an ACK.
        lineOf(request).setNoDelay(true);
        desk_(request, response, Poco::URI{request.getURI()}.getPath());
    } catch (const std::exception& broken) {
        server_.tell(std::string{"defect: "} + broken.what());
        if (response.sent()) return;
        answer(response, broken.what(), HTTPResponse::HTTP_INTERNAL_SERVER_ERROR);
    }

private:
    HttpServer& server_;
    const HttpServer::Desk& desk_;
};

class Handlers : public Poco::Net::HTTPRequestHandlerFactory {
public:
    Handlers(HttpServer& server, const HttpServer::Desk& desk) : server_(server), desk_(desk) {}

    Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
        return new Handler{server_, desk_};
    }

private:
    HttpServer& server_;
    const HttpServer::Desk& desk_;
};

}  // namespace

HttpServer::HttpServer(std::uint16_t port, int mostLines, Tell tell)
    : inside_(std::make_unique<Inside>(port, mostLines, std::move(tell))) {}

HttpServer::~HttpServer() {
    close();
}

void HttpServer::open(Desk desk) {
    inside_->desk = std::move(desk);
    Poco::AutoPtr<Poco::Net::HTTPServerParams> rules{new Poco::Net::HTTPServerParams};
    rules->setKeepAlive(true);
    rules->setKeepAliveTimeout(Poco::Timespan{60, 0});
    rules->setMaxThreads(inside_->most);
    rules->setMaxQueued(256);
    inside_->server = std::make_unique<Poco::Net::HTTPServer>(
        new Handlers{*this, inside_->desk}, inside_->threads, inside_->socket, rules);
    inside_->server->start();
}

void HttpServer::close() {
    if (!inside_->server) return;
    inside_->server->stopAll(true);
    inside_->threads.joinAll();
    inside_->server.reset();
}

std::uint16_t HttpServer::port() const noexcept {
    return inside_->socket.address().port();
}

std::string HttpServer::url() const {
    return "http://127.0.0.1:" + std::to_string(port());
}

void HttpServer::tell(const std::string& line) {
    if (!inside_->tell) return;
    const std::lock_guard lock{inside_->telling};
    inside_->tell(line);
}

std::string bodyOf(HTTPServerRequest& request) {
    std::string body;
    std::array<char, 4096> part{};
    auto& in = request.stream();
    while (in && body.size() <= LongestBody) {
        in.read(part.data(), part.size());
        body.append(part.data(), static_cast<std::size_t>(in.gcount()));
    }
    const auto length = request.hasContentLength() ? request.getContentLength64() : 0;
    if (body.size() <= LongestBody && std::cmp_less(body.size(), length)) {
        throw std::runtime_error{"the line ended after " + std::to_string(body.size()) +
                                 " of the body's " + std::to_string(length) + " bytes"};
    }
    return body;
}

void answer(HTTPServerResponse& response, const std::string& type, const std::string& body,
            HTTPResponse::HTTPStatus status) {
    response.setStatusAndReason(status);
    response.setContentType(type);
    response.sendBuffer(body.data(), body.size());
}

void answer(HTTPServerResponse& response, const std::string& body,
            HTTPResponse::HTTPStatus status) {
    answer(response, "text/plain", body, status);
}

Poco::Net::StreamSocket& lineOf(HTTPServerRequest& request) {
    return static_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
}

void hangUp(HTTPServerRequest& request) {
    lineOf(request).shutdown();
}

}  // namespace zegel::hwsim
