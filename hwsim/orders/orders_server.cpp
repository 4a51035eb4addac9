#include "hwsim/orders/orders_server.h"

#include "drivers/base/openssl.h"
#include "hwsim/orders/event_book.h"
#include "hwsim/orders/event_signature.h"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

namespace zegel::hwsim {
namespace {

using Poco::Net::HTTPRequestHandler;
using Poco::Net::HTTPResponse;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr const char* EventType = "application/cloudevents+json";

std::string bodyOf(HTTPServerRequest& request) {
    return {std::istreambuf_iterator<char>{request.stream()}, {}};
}

void answer(HTTPServerResponse& response, const std::string& body,
            HTTPResponse::HTTPStatus status = HTTPResponse::HTTP_OK) {
    response.setStatusAndReason(status);
    response.setContentType("text/plain");
    response.sendBuffer(body.data(), body.size());
}

Poco::Net::StreamSocket& lineOf(HTTPServerRequest& request) {
    return static_cast<Poco::Net::HTTPServerRequestImpl&>(request).socket();
}

Poco::Net::ServerSocket listenOn(std::uint16_t port) {
    try {
        return Poco::Net::ServerSocket{Poco::Net::SocketAddress{"127.0.0.1", port}};
    } catch (const Poco::Exception& refused) {
        throw Failure{Fault::SettingUnusable, "cannot listen on port " + std::to_string(port) +
                                                  ": " + refused.displayText() +
                                                  "; choose another one"};
    }
}

bool isPlain(const std::string& name) {
    return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
}

}  // namespace

struct OrdersServer::Inside {
    explicit Inside(OrdersSimulation simulation)
        : said(std::move(simulation)),
          socket(listenOn(said.port)),
          book((std::filesystem::create_directories(said.folder), said.folder / "received.jsonl")),
          station(std::move(openssl::certificatesFromPemFile(said.certificate.string()).front())) {
        temper.set(said.misbehaviour);
    }

    void tell(const std::string& line) {
        if (!said.log) return;
        const std::lock_guard lock{logMutex};
        said.log(line);
    }

    OrdersSimulation said;
    Poco::Net::ServerSocket socket;
    EventBook book;
    openssl::CertificatePtr station;
    OrdersTemper temper;
    std::mutex logMutex;
    Poco::ThreadPool threads{4, 48};
    std::unique_ptr<Poco::Net::HTTPServer> server;

    class Desk;
    class Desks;
};

class OrdersServer::Inside::Desk : public HTTPRequestHandler {
public:
    explicit Desk(Inside& inside) : inside_(inside) {}

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override try {
        lineOf(request).setNoDelay(true);  // head and body go out in two writes
        const auto path = Poco::URI{request.getURI()}.getPath();
        const bool posted = request.getMethod() == "POST";
        if (posted && path == "/events") return event(request, response);
        if (posted && path.starts_with("/batches/"))
            return batch(request, response, path.substr(9));
        if (path == "/misbehave") return misbehave(request, response);
        list(path, response);
    } catch (const std::exception& broken) {
        inside_.tell(std::string{"defect: "} + broken.what());
        if (!response.sent()) {
            answer(response, broken.what(), HTTPResponse::HTTP_INTERNAL_SERVER_ERROR);
        }
    }

private:
    void event(HTTPServerRequest& request, HTTPServerResponse& response) {
        const auto body = bodyOf(request);
        if (const auto wrong =
                objectionToSignature(request.get("Zegel-Signature", ""), body, *inside_.station);
            !wrong.empty()) {
            return refuse(response, wrong, HTTPResponse::HTTP_UNAUTHORIZED);
        }
        if (!request.getContentType().starts_with(EventType)) {
            return refuse(response, "an event is not " + request.getContentType(),
                          HTTPResponse::HTTP_UNSUPPORTEDMEDIATYPE);
        }
        try {
            take(receivedEventFrom(body), request, response);
        } catch (const Poco::Exception& wrong) {
            refuse(response, wrong.displayText(), HTTPResponse::HTTP_BAD_REQUEST);
        }
    }

    void refuse(HTTPServerResponse& response, const std::string& why,
                HTTPResponse::HTTPStatus status) {
        inside_.book.complain(why);
        inside_.tell("refused an event: " + why);
        answer(response, why + "\n", status);
    }

    void take(const ReceivedEvent& event, HTTPServerRequest& request,
              HTTPServerResponse& response) {
        const auto behaviour = inside_.temper.next(event.order, event.subject);
        switch (behaviour.mischief) {
            case OrdersMischief::Down: return lineOf(request).shutdown();
            case OrdersMischief::Unavailable:
                return answer(response, "closed\n", HTTPResponse::HTTP_SERVICE_UNAVAILABLE);
            case OrdersMischief::Broken:
                return answer(response, "broken\n", HTTPResponse::HTTP_INTERNAL_SERVER_ERROR);
            case OrdersMischief::Refuse:
                return answer(response, "no\n", HTTPResponse::HTTP_UNPROCESSABLE_ENTITY);
            case OrdersMischief::Slow:
                std::this_thread::sleep_for(std::chrono::milliseconds{behaviour.amount});
                break;
            default: break;
        }
        inside_.book.take(event);
        inside_.tell(event.sequence + ' ' + event.type + ' ' + event.subject);
        if (behaviour.mischief == OrdersMischief::LostAnswer) return lineOf(request).shutdown();
        if (behaviour.mischief == OrdersMischief::Garbage) {
            lineOf(request).sendBytes("what?\n\n", 7);
            return lineOf(request).shutdown();
        }
        response.setContentLength(0);
        response.setStatusAndReason(HTTPResponse::HTTP_NO_CONTENT);
        response.send();
    }

    void batch(HTTPServerRequest& request, HTTPServerResponse& response, const std::string& name) {
        if (inside_.said.inbox.empty() || !isPlain(name)) {
            return answer(response, "a batch needs --inbox and a plain name\n",
                          HTTPResponse::HTTP_BAD_REQUEST);
        }
        const auto folder = inside_.said.inbox / "batches";
        const auto hidden = folder / ("." + name);
        std::ofstream{hidden, std::ios::binary} << request.stream().rdbuf() << std::flush;
        std::filesystem::rename(hidden, folder / (name + ".json"));
        answer(response, "sent\n", HTTPResponse::HTTP_ACCEPTED);
    }

    void misbehave(HTTPServerRequest& request, HTTPServerResponse& response) {
        if (request.getMethod() == "POST") {
            const auto wanted = ordersMisbehaviourFrom(bodyOf(request));
            if (!wanted) {
                return answer(response, "cannot do that; one of\n" + listOfOrdersMischief(),
                              HTTPResponse::HTTP_BAD_REQUEST);
            }
            inside_.temper.set(*wanted);
        }
        answer(response, std::string{nameOf(inside_.temper.current().mischief)} + "\n");
    }

    void list(const std::string& path, HTTPServerResponse& response) {
        std::string text;
        if (path == "/received") {
            for (const auto& one : inside_.book.all()) {
                text += one.sequence + ' ' + one.id + ' ' + one.type + ' ' + one.subject + ' ' +
                        (one.order.empty() ? "-" : one.order) + '\n';
            }
        } else if (path == "/events") {
            for (const auto& one : inside_.book.all())
                text += one.body + '\n';
        } else if (path == "/complaints") {
            for (const auto& one : inside_.book.complaints())
                text += one + '\n';
        } else if (path == "/repeats") {
            text = std::to_string(inside_.book.repeats()) + '\n';
        } else {
            return answer(response, "nothing here\n", HTTPResponse::HTTP_NOT_FOUND);
        }
        answer(response, text);
    }

    Inside& inside_;
};

class OrdersServer::Inside::Desks : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit Desks(Inside& inside) : inside_(inside) {}

    HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
        return new Desk{inside_};
    }

private:
    Inside& inside_;
};

OrdersServer::OrdersServer(OrdersSimulation simulation)
    : inside_(std::make_unique<Inside>(std::move(simulation))) {
    Poco::AutoPtr<Poco::Net::HTTPServerParams> rules{new Poco::Net::HTTPServerParams};
    rules->setKeepAlive(true);
    rules->setKeepAliveTimeout(Poco::Timespan{60, 0});
    rules->setMaxThreads(48);
    rules->setMaxQueued(256);
    inside_->server = std::make_unique<Poco::Net::HTTPServer>(
        new Inside::Desks{*inside_}, inside_->threads, inside_->socket, rules);
    inside_->server->start();
}

OrdersServer::~OrdersServer() {
    inside_->server->stopAll(true);
    inside_->threads.joinAll();
}

std::string OrdersServer::url() const {
    return "http://127.0.0.1:" + std::to_string(inside_->socket.address().port());
}

}  // namespace zegel::hwsim
