#include "hwsim/orders/orders_server.h"

#include "drivers/base/openssl.h"
#include "hwsim/orders/event_book.h"
#include "hwsim/orders/event_signature.h"
#include "hwsim/server/http_server.h"

#include <Poco/Exception.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace zegel::hwsim {
namespace {

constexpr int MostLines = 48;
constexpr const char* EventType = "application/cloudevents+json";

bool isPlain(const std::string& name) {
    return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
}

}  // namespace

struct OrdersServer::Inside {
    explicit Inside(OrdersSimulation simulation)
        : said(std::move(simulation)),
          server(said.port, MostLines, said.log),
          book((std::filesystem::create_directories(said.folder), said.folder / "received.jsonl")),
          station(std::move(openssl::certificatesFromPemFile(said.certificate.string()).front())) {
        temper.set(said.misbehaviour);
    }

    OrdersSimulation said;
    HttpServer server;
    EventBook book;
    openssl::CertificatePtr station;
    OrdersTemper temper;

    class Desk;
};

class OrdersServer::Inside::Desk {
public:
    explicit Desk(Inside& inside) : inside_(inside) {}

    void operator()(HTTPServerRequest& request, HTTPServerResponse& response,
                    const std::string& path) {
        const bool posted = request.getMethod() == "POST";
        if (posted && path == "/events") return event(request, response);
        if (posted && path.starts_with("/batches/"))
            return batch(request, response, path.substr(9));
        if (path == "/misbehave")
            return answerMisbehave(request, response, OrdersMischiefs, inside_.temper);
        list(path, response);
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
        inside_.server.tell("refused an event: " + why);
        answer(response, why + "\n", status);
    }

    void take(const ReceivedEvent& event, HTTPServerRequest& request,
              HTTPServerResponse& response) {
        const auto behaviour = inside_.temper.next({event.order, event.subject});
        switch (behaviour.mischief) {
            case OrdersMischief::Down: return hangUp(request);
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
        inside_.server.tell(event.sequence + ' ' + event.type + ' ' + event.subject);
        if (behaviour.mischief == OrdersMischief::LostAnswer) return hangUp(request);
        if (behaviour.mischief == OrdersMischief::Garbage) {
            lineOf(request).sendBytes("what?\n\n", 7);
            return hangUp(request);
        }
        response.setContentLength(0);
        response.setStatusAndReason(HTTPResponse::HTTP_NO_CONTENT);
        response.send();
    }

    void batch(HTTPServerRequest& request, HTTPServerResponse& response, const std::string& name) {
        const bool overApi = !inside_.said.station.url.empty();
        if ((inside_.said.inbox.empty() && !overApi) || !isPlain(name)) {
            return answer(response, "a batch needs --inbox or --station, and a plain name\n",
                          HTTPResponse::HTTP_BAD_REQUEST);
        }
        const auto folder = overApi ? inside_.said.folder : inside_.said.inbox / "batches";
        const auto hidden = folder / ("." + name);
        std::ofstream{hidden, std::ios::binary} << request.stream().rdbuf() << std::flush;
        if (std::cmp_less(std::filesystem::file_size(hidden), request.getContentLength64()))
            throw std::runtime_error{"the line ended before batch " + name + " was whole"};
        if (overApi) return send(hidden, response);
        std::filesystem::rename(hidden, folder / (name + ".json"));
        answer(response, "sent\n", HTTPResponse::HTTP_ACCEPTED);
    }

    void send(const std::filesystem::path& batch, HTTPServerResponse& response) try {
        const auto said = sendBatch(inside_.said.station, batch);
        std::filesystem::remove(batch);
        answer(response, said.type, said.body, static_cast<HTTPResponse::HTTPStatus>(said.status));
    } catch (const Poco::Exception& unheard) {
        std::filesystem::remove(batch);
        answer(response, "the station gives no answer: " + unheard.displayText() + '\n',
               HTTPResponse::HTTP_BAD_GATEWAY);
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

OrdersServer::OrdersServer(OrdersSimulation simulation)
    : inside_(std::make_unique<Inside>(std::move(simulation))) {
    inside_->server.open(Inside::Desk{*inside_});
}

OrdersServer::~OrdersServer() {
    inside_->server.close();
}

std::string OrdersServer::url() const {
    return inside_->server.url();
}

}  // namespace zegel::hwsim
